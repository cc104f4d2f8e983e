"""The history of the schema: one plain SQL file a step, each with a thin Alembic revision beside it.

A step is written once and never edited after a release; there is no way back but a new step forward. All
pending steps run in one transaction, so nothing in them may refuse one (no CREATE INDEX CONCURRENTLY), and
old code must still work on the new schema while a deploy is under way.
Not here: who applies them, and when (migrate.py).
"""
