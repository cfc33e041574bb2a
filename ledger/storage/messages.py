"""The queue of messages (`ledger.ports.messages.MessageQueue`)."""

import json
from datetime import datetime

from sqlalchemy import Update, insert, select, update

from ledger.domain.instants import from_text, to_text
from ledger.errors import NotFoundError
from ledger.ports.messages import SENDING, WAITING, Queued
from ledger.storage.keys import seal, unseal
from ledger.storage.reader import SqlReader
from ledger.storage.schema import messages

_OPEN = (WAITING, SENDING)


class SqlMessages(SqlReader):
    """Rows that move; what they say is encrypted and forgotten with the end."""

    def queue_message(self, message: Queued) -> None:
        """Queue a message in this commit."""
        body = json.dumps(dict(message.body), ensure_ascii=False).encode()
        self._connection.execute(
            insert(messages).values(
                id=message.id,
                stream=message.stream,
                state=message.state,
                due_at=to_text(message.due_at),
                attempts=message.attempts,
                sealed=seal(self._master.derive("messages"), body, message.id.encode()),
            )
        )

    def due_message(self, at: datetime) -> Queued | None:
        """Return the message that waits longest of those due."""
        wanted = (
            select(messages)
            .where(messages.c.state.in_(_OPEN), messages.c.due_at <= to_text(at))
            .order_by(messages.c.due_at, messages.c.number)
            .limit(1)
        )
        found = self._connection.execute(wanted).one_or_none()
        if found is None:
            return None
        body = json.loads(unseal(self._master.derive("messages"), found.sealed, found.id.encode()))
        return Queued(found.id, found.stream, from_text(found.due_at), found.state, found.attempts, body)

    def move_message(self, message_id: str, *, state: str, due_at: datetime, attempts: int) -> None:
        """Note how far a message has come; its body is forgotten with its end."""
        moved: Update = update(messages).where(messages.c.id == message_id, messages.c.state.in_(_OPEN))
        values = {"state": state, "due_at": to_text(due_at), "attempts": attempts}
        values |= {} if state in _OPEN else {"sealed": None}
        if self._connection.execute(moved.values(**values)).rowcount != 1:
            raise NotFoundError("this message is unknown or has ended: nothing is to be done", "该消息不存在或已结束")
