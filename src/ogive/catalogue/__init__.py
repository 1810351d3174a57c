"""The cards, a module a family; a card is in the catalogue by being defined in one of them."""

from types import MappingProxyType

from ogive.activation import Activation
from ogive.catalogue import gates, links, losses, rectifiers, sigmoids, softmaxes, steps

__all__ = ["ALIASES", "CATALOGUE", "FAMILIES", "get"]

#: Cards by family, in the order of the formula sheet.
FAMILIES = MappingProxyType(
    {
        module.__name__.rpartition(".")[2]: tuple(value for value in vars(module).values() if isinstance(value, Activation))
        for module in (sigmoids, steps, rectifiers, gates, links, softmaxes, losses)
    }
)
#: Cards by name.
CATALOGUE = MappingProxyType({card.name: card for cards in FAMILIES.values() for card in cards})
#: Other names, and the name of the card they mean.
ALIASES = MappingProxyType({alias: card.name for card in CATALOGUE.values() for alias in card.aliases})


def get(name: str) -> Activation:
    """Find a card by its name or an alias.

    Parameters
    ----------
    name : str
        Such as ``"sigmoid"`` or ``"expit"``; a card is returned as it is.

    Returns
    -------
    Activation
        The card.

    Raises
    ------
    KeyError
        If there is none; the message names the nearest ones.
    TypeError
        If `name` is not a string.

    Examples
    --------
    >>> import ogive
    >>> ogive.get("expit") is ogive.sigmoid
    True
    """
    if isinstance(name, Activation):
        return name
    if not isinstance(name, str):
        raise TypeError(f"ogive.get takes a name such as 'sigmoid', got {name!r}")
    found = CATALOGUE.get(ALIASES.get(name, name))
    if found is None:
        from difflib import get_close_matches

        near = get_close_matches(name.lower().replace("-", "_"), [*CATALOGUE, *ALIASES], 3)
        raise KeyError(
            f"no activation is called {name!r}; " + (f"did you mean {', '.join(near)}?" if near else f"there are {', '.join(CATALOGUE)}")
        )
    return found
