"""What a policy says of one request, card or day, rule by rule, and how another says otherwise."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rules.values.document_kind import DocumentKind

#: By rule, what it says in a word or an amount; a rule that says nothing is left out. Never
#: anything about a person: terms are counted over many, and printed.
Terms = Mapping[str, str]


@dataclass(frozen=True)
class Difference:
    """A rule that says one thing by the policy in force and another by the proposed one."""

    rule: str
    #: None where it says nothing.
    in_force: str | None
    proposed: str | None


def document_terms(needed: Iterable[DocumentKind]) -> Terms:
    """That each of these documents is needed."""
    return {f"document:{kind}": "needed" for kind in needed}


def differences(in_force: Terms, proposed: Terms) -> Iterator[Difference]:
    """The rules that say something else, in the order of their names."""
    for rule in sorted(in_force.keys() | proposed.keys()):
        before, after = in_force.get(rule), proposed.get(rule)
        if before != after:
            yield Difference(rule, before, after)


@dataclass
class Tally:
    """How many things of a sort were looked at, and how many would be treated differently."""

    looked_at: int = 0
    differ: int = 0
    #: How many by each difference; one thing may differ in several.
    by: Counter[Difference] = field(default_factory=Counter)
    #: Names of some that differ so, where anybody asked for them.
    examples: dict[Difference, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, in_force: Terms, proposed: Terms, *, name: str = "", examples: int = 0) -> None:
        """Count one more; its ``name`` is kept for so many of each difference."""
        self.looked_at += 1
        found = list(differences(in_force, proposed))
        self.differ += bool(found)
        for each in found:
            self.by[each] += 1
            if len(self.examples[each]) < examples:
                self.examples[each].append(name)
