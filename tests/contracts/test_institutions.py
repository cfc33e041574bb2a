"""Who was allowed to do what at time T."""

from eth_typing import ChecksumAddress
from eth_utils import to_checksum_address

from ledger.chain.institutions import Role, bits
from tests.contracts.world import SECOND, START, World, digest, refused

ALL = frozenset(Role)
ZERO = to_checksum_address(bytes(20))


def test_roles_hold_from_the_second_of_their_block(world: World) -> None:
    other = world.seen_by("custodian")
    world.at(START + 60 * SECOND)
    world.institutions.admit(other.address, digest("custodian"), {Role.WITNESS})
    had = world.institutions.had_role
    assert not had(other.address, Role.WITNESS, START + 59 * SECOND)
    assert had(other.address, Role.WITNESS, START + 60 * SECOND)
    assert had(other.address, Role.WITNESS, START + 600 * SECOND)
    assert not had(other.address, Role.OPERATOR, START + 60 * SECOND)


def test_every_past_instant_keeps_its_answer(world: World) -> None:
    other = world.member("distributor")
    history = [{Role.SELLER}, {Role.SELLER, Role.ASSESSOR}, set(), {Role.AUDITOR}, ALL]
    for minute, roles in enumerate(history, 1):
        world.at(START + minute * 60 * SECOND)
        world.institutions.assign(other.address, roles)
    for minute, roles in enumerate(history, 1):
        for second in (0, 59):
            at = START + (minute * 60 + second) * SECOND
            assert {role for role in Role if world.institutions.had_role(other.address, role, at)} == set(roles)
    assert {role for role in Role if world.institutions.has_role(other.address, role)} == ALL


def test_a_strangers_address_has_no_role(world: World) -> None:
    stranger = world.seen_by("stranger")
    assert not world.institutions.has_role(stranger.address, Role.OPERATOR)
    assert not world.institutions.had_role(stranger.address, Role.OPERATOR, START)
    assert world.institutions.member(bytes.fromhex(stranger.address[2:14])) is None


def test_a_member_is_found_by_its_id(world: World) -> None:
    other = world.member("regulator", Role.AUDITOR, Role.WITNESS)
    found = world.institutions.member(bytes.fromhex(other.address[2:14]))
    assert found is not None
    assert (found.address, found.roles, found.since) == (
        other.address,
        frozenset({Role.AUDITOR, Role.WITNESS}),
        world.now(),
    )


def test_a_bad_item_names_its_index_and_nothing_of_the_batch_is_kept(world: World) -> None:
    good, twin, other = (world.seen_by(name).address for name in ("good", "twin", "other"))
    admit, stream = world.institutions._write, bytes.fromhex(digest("x"))
    seller = bits({Role.SELLER})
    with refused("ZeroMember", index=1):
        admit("admit", [(good, stream, seller), (ZERO, stream, seller)])
    with refused("IdTaken", index=2, member=good, holder=good):
        admit("admit", [(good, stream, seller), (twin, stream, seller), (good, stream, seller)])
    with refused("IdTaken", index=0, holder=world.address):
        admit("admit", [(_neighbour(world.address), stream, seller)])
    with refused("UnknownRoles", index=1, roles=128):
        admit("admit", [(good, stream, 127), (twin, stream, 128)])
    with refused("NotMember", index=1, member=other):
        admit("assign", [(world.address, 127), (other, 1)])
    with refused("NotMember", index=0, member=ZERO):
        admit("assign", [(ZERO, 1)])
    with refused("UnknownRoles", index=0, roles=65535):
        admit("assign", [(world.address, 65535)])
    assert world.institutions.member(bytes.fromhex(good[2:14])) is None


def test_an_address_that_shares_a_members_id_is_not_that_member(world: World) -> None:
    neighbour = _neighbour(world.address)
    assert not world.institutions.has_role(neighbour, Role.OPERATOR)
    assert not world.institutions.had_role(neighbour, Role.OPERATOR, START)
    with refused("NotMember", index=0, member=neighbour):
        world.institutions.assign(neighbour, {Role.OPERATOR})


def _neighbour(address: ChecksumAddress) -> ChecksumAddress:
    """Return another address with the same first six bytes."""
    return to_checksum_address(bytes.fromhex(address[2:14]) + bytes(14))
