"""How much the last state of a recurrent network still depends on each word, with a slider for the update gate."""

from __future__ import annotations

import functools

import ipywidgets as W
import torch
from torch import nn

from classroom.show import style
from classroom.show.controls import with_controls

WORDS, WIDTH, NETWORKS = 40, 32, 8
LOWEST = 1e-16
BIASES = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0)
COLOURS = {"plain": style.VERMILLION, "GRU": style.BLUE}


def memory() -> None:
    """Show the size of d(last state)/d(word) for words further and further back, in a plain network and in a GRU.

    Both have random weights; the mean of eight networks is drawn. The slider sets the bias of the update gate.
    """
    slider = W.SelectionSlider(
        options=[(f"{bias:g}", bias) for bias in BIASES],
        value=0.0,
        description="gate bias",
        continuous_update=False,
        layout=W.Layout(width="480px", max_width="100%"),
    )
    with_controls([slider], lambda bias: _draw((bias,)), _say, still=_draw((0.0, 2.0, 4.0)), alt=_alt())


@functools.cache
def sensitivity(kind: str, bias: float) -> tuple[float, ...]:
    """The size of the gradient of the last state with respect to the word `back` places before it, for each `back`
    from 0, divided by that of the last word; the mean over eight random networks."""
    total = torch.zeros(WORDS, dtype=torch.float64)
    state = torch.random.get_rng_state()
    try:
        for seed in range(NETWORKS):
            torch.default_generator.manual_seed(seed)
            network = (nn.RNN if kind == "plain" else nn.GRU)(WIDTH, WIDTH, batch_first=True).double()
            if kind == "GRU":
                with torch.no_grad():
                    network.bias_hh_l0[WIDTH : 2 * WIDTH] = bias
            words = torch.randn(1, WORDS, WIDTH, dtype=torch.float64)
            total += _gradient(network, words)
    finally:
        torch.random.set_rng_state(state)
    return tuple((total / total[0]).clamp(min=LOWEST).tolist())


def _gradient(network: nn.Module, words: torch.Tensor) -> torch.Tensor:
    """For each word, from the last to the first: the size of the gradient of eight mixtures of the last state."""
    with torch.enable_grad():
        words = words.requires_grad_()
        last = network(words)[1][0, 0]
        mixtures = torch.randn(8, WIDTH, dtype=torch.float64) @ last
        squares = sum(torch.autograd.grad(m, words, retain_graph=True)[0][0].square().sum(dim=1) for m in mixtures)
    return squares.sqrt().flip(0)


def _draw(biases: tuple[float, ...]) -> bytes:
    with style.figure(7.4, 3.7) as fig:
        ax = fig.add_axes((0.11, 0.15, 0.66, 0.79))
        back = range(WORDS)
        ax.plot(back, sensitivity("plain", 0.0), color=style.VERMILLION)
        ends = [(sensitivity("plain", 0.0)[-1], "plain network", style.VERMILLION)]
        for bias in biases:
            ax.plot(back, sensitivity("GRU", bias), color=style.BLUE, alpha=1 if len(biases) == 1 else 0.45 + bias / 8)
            ends.append((sensitivity("GRU", bias)[-1], f"GRU, gate bias {bias:g}", style.BLUE))
        for end, name, colour in ends:
            ax.annotate(name, (WORDS - 1, max(end, 10 * LOWEST)), (8, 0), textcoords="offset points", va="center",
                        color=style.WORDS_IN[colour], size=12, annotation_clip=False)  # fmt: skip
        ax.set(yscale="log", ylim=(LOWEST, 20), xlim=(0, WORDS - 1))
        ax.set(xlabel="words back from the end", ylabel="what is left, last word = 1")
        ax.set_yticks([1, 1e-4, 1e-8, 1e-12, 1e-16])
        ax.minorticks_off()
        ax.grid(axis="y", color=style.MIST, linewidth=0.8)
        return style.png(fig)


def _left(kind: str, bias: float) -> str:
    return f"{sensitivity(kind, bias)[20]:.1e}"


def _say(bias: float) -> str:
    return (
        f"Twenty words back: the plain network has <b>{_left('plain', 0.0)}</b> left of what the last word has, the "
        f"GRU with a gate bias of {bias:g} has <b>{_left('GRU', bias)}</b>."
    )


def _alt() -> str:
    told = "; ".join(f"{_left('GRU', bias)} in a GRU with gate bias {bias:g}" for bias in (0.0, 2.0, 4.0))
    return (
        "How much the last state depends on each word, on a logarithmic axis, against how many words back it stands. "
        f"Twenty words back there is left, of what the last word has: {_left('plain', 0.0)} in a plain network; {told}."
    )
