"""The five outcomes, in the order of every report."""

IN_SCOPE = ("measures", "problem", "improvement", "application")
OUT_OF_SCOPE = "out_of_scope"
LABELS = (*IN_SCOPE, OUT_OF_SCOPE)
REGISTERS = ("agent_note", "phone_typing", "long_mail", "speech")
