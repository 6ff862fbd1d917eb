"""Referrals: `offering` asks an organisation to act, `acting` is what happens to the offer afterwards."""
