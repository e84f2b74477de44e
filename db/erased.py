"""What is left of somebody who was erased, and the secret that makes it say nothing by itself."""

from sqlmodel import Field, SQLModel

from db.tables import table_of


class Erased(SQLModel, table=True):
    """A keyed hash of a platform and an id there: enough to know it again, nothing to learn from it."""

    __tablename__ = "erased"

    person_hash: str = Field(primary_key=True)


class Secret(SQLModel, table=True):
    """A random secret of this club's own, made when it is first needed."""

    __tablename__ = "secrets"

    name: str = Field(primary_key=True)
    value: str


ERASED = table_of(Erased)
SECRETS = table_of(Secret)
