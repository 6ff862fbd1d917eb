"""Files of a case: kept once, named safely, recorded."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.models.intake_record import Attachment
from helpdesk.policy.events import EventKind
from helpdesk.policy.submission import Upload
from helpdesk.policy.uploads import MAX_FILES, BadUpload, check_upload
from helpdesk.services.equipment import Equipment
from helpdesk.services.timeline import Actor, record


def check_all(uploads: Iterable[tuple[str, bytes]]) -> tuple[Upload, ...]:
    """Return the files that were chosen, checked. Raises BadUpload for the first that cannot be taken."""
    checked = []
    for filename, content in uploads:
        name, content_type = check_upload(filename, content)
        checked.append(Upload(name, content_type, content))
    if len(checked) > MAX_FILES:
        raise BadUpload(f"一次最多 {MAX_FILES} 個檔案，請分次上傳。")
    return tuple(checked)


def attach(
    session: Session,
    case: Case,
    uploads: Iterable[Upload],
    *,
    equipment: Equipment,
    actor: Actor,
    now: datetime,
) -> list[Attachment]:
    """Keep the files and record each in the history. Stored content is never overwritten."""
    rows = []
    for upload in uploads:
        stored_as = equipment.files.save(upload.content)
        row = Attachment(
            case_id=case.id,
            filename=upload.filename,
            content_type=upload.content_type,
            size=len(upload.content),
            sha256=stored_as,
            stored_as=stored_as,
            added_by=actor.name,
            added_at=now,
        )
        session.add(row)
        rows.append(row)
        record(session, case, EventKind.FILE_ADDED, actor=actor, now=now, sha256=stored_as, size=row.size)
    return rows
