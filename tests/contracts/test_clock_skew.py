"""A clock that is ahead of the chain's: a signature of the block's own second is taken, of the next one not."""

import pytest

from tests.contracts import test_key_signatures as by_key
from tests.contracts import test_signature_registry as by_account
from tests.contracts.world import SECOND, World, refused


@pytest.mark.parametrize("how", ["account", "key"])
def test_a_signature_is_taken_at_its_own_second_and_not_a_second_before(world: World, how: str) -> None:
    at = world.now() + 60 * SECOND
    signatures = world.seen_by("another institution").signatures  # whose clock dated it, is nothing to the contract

    def send() -> None:
        if how == "account":
            signatures.sign([by_account.signed(world, at)])
        else:
            signatures.sign_p256([by_key.signed(world, at)])

    world.at(at - SECOND)
    with refused("SignedInFuture", index=0, signedAt=int(at.timestamp())):
        send()
    world.at(at)
    send()
    assert world.now() == at
