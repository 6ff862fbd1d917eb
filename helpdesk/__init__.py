"""The single service window: cases, referrals and promises kept in working time."""
