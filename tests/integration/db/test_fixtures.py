"""The test databases themselves: fresh, separate, reachable."""

from sqlalchemy import text

from domain_scheduler.db.database import Database


async def test_a_test_gets_a_database_of_its_own(database: Database) -> None:
    async with database.get_background_session() as connection:
        await connection.execute(text("CREATE TABLE mine (id int)"))
        name = (await connection.execute(text("SELECT current_database()"))).scalar_one()
    assert name.startswith("test_")


async def test_another_test_sees_nothing_of_it(database: Database) -> None:
    async with database.get_background_session() as connection:
        assert (await connection.execute(text("SELECT to_regclass('public.mine')"))).scalar_one() is None


async def test_a_database_speaks_utf8_in_the_order_of_bytes(database: Database) -> None:
    async with database.get_background_session() as connection:
        row = (
            await connection.execute(
                text("SELECT current_setting('server_encoding'), 'a' > 'B', upper('ä') = 'Ä'")
            )
        ).one()
    assert tuple(row) == ("UTF8", True, True)
