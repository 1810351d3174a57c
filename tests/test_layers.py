"""Layers: forward and backward around the cards, against differences, against the textbooks' forms, and against misuse."""

from __future__ import annotations

import copy
import doctest
import pickle

import numpy as np
import pytest

import ogive
from ogive import layers
from ogive.activation import Elementwise

CARDS = [card for card in ogive.CATALOGUE.values() if isinstance(card, Elementwise)]


def inside(card, count=7):
    """Choose places in the domain, off its ends and off the kinks of the cards."""
    low, high = max(card.domain.low, -2.9), min(card.domain.high, 2.9)
    return np.linspace(low, high, count + 2)[1:-1] * 0.97 + 0.0123 * (high - low)


def test_every_card_but_the_losses_has_a_class():
    made = {layer.card for layer in vars(layers).values() if isinstance(layer, type) and hasattr(layer, "card")}
    assert made == {card for card in ogive.CATALOGUE.values() if card.kind != "loss"}
    assert layers.LeakyRelu.card is ogive.leaky_relu and layers.Sigmoid.__name__ == "Sigmoid"
    assert set(layers.__all__) <= set(dir(layers))


@pytest.mark.parametrize("label", layers.ELEMENTWISE)
def test_the_gradient_is_that_of_the_value(label):
    layer = getattr(layers, label)()
    assert layers.check_gradient(layer, inside(layer.card))["x"] < 1e-7


@pytest.mark.parametrize("label", layers.ELEMENTWISE)
def test_the_dtype_and_the_bits_are_those_of_the_card(label):
    layer = getattr(layers, label)()
    x = inside(layer.card).astype(np.float32)
    y = layer.forward(x)
    assert y.dtype == np.float32 and np.array_equal(y, layer.card(x))
    assert np.array_equal(layer.backward(np.float32(3)), layer.card.backward(np.float32(3), x))


@pytest.mark.parametrize("label", layers.ROWS)
def test_the_gradient_of_a_layer_of_rows_is_that_of_the_value(label):
    layer, x = getattr(layers, label)(axis=0), np.array([[0.3, -1.2], [0.9, 2.0], [-0.45, 0.1], [1.7, -0.6]])
    assert layers.check_gradient(layer, x)["x"] < 1e-7
    assert np.array_equal(layer.forward(x.astype(np.float32)), layer.card(x.astype(np.float32), axis=0))


def test_a_layer_of_rows_has_its_card_s_settings():
    layer = layers.Softmax(temperature=2.0)
    assert np.array_equal(layer.forward([1.0, 3.0]), ogive.softmax([1.0, 3.0], temperature=2.0))
    assert np.array_equal(layer.backward([1.0, 0.0]), ogive.softmax.backward([1.0, 0.0], [1.0, 3.0], temperature=2.0))
    assert repr(layer) == "layers.Softmax(temperature=2.0)"
    assert np.array_equal(layers.Maxout(groups=1).forward([1.0, 3.0]), [1.0, 3.0])
    with pytest.raises(TypeError, match=r"layers\.Hardmax takes axis, not temperature"):
        layers.Hardmax(temperature=2.0)
    with pytest.raises(RuntimeError, match="call forward"):
        layers.Glu().backward([1.0])


@pytest.mark.parametrize("label", layers.BORROWED)
def test_a_layer_of_a_borrowed_card(label):
    pytest.importorskip("scipy")
    layer, x = getattr(layers, label)(df=3.0), np.array([0.2, 0.4, 0.7])
    assert layers.check_gradient(layer, x)["x"] < 1e-7
    with pytest.raises(ValueError, match="no simple function of the output"):
        getattr(layers, label)(backward_from="output")


def test_a_layer_with_parameters():
    layer = layers.LeakyRelu(slope=0.25)
    assert np.array_equal(layer.forward([-4.0, 4.0]), [-1.0, 4.0]) and np.array_equal(layer.backward(1), [0.25, 1.0])
    assert np.array_equal(layers.LeakyRelu(0.25).forward([-4.0]), [-1.0])
    assert repr(layer) == "layers.LeakyRelu(slope=0.25)"
    with pytest.raises(TypeError, match=r"LeakyRelu takes slope, got 0 by position and alpha by name"):
        layers.LeakyRelu(alpha=1)
    with pytest.raises(TypeError, match="takes no parameters"):
        layers.Sigmoid(1)
    with pytest.raises(ValueError, match=r"beta=-1 lies outside"):
        layers.Softplus(beta=-1)


def test_from_the_output_the_gradient_is_the_textbooks():
    x = np.array([-3.0, 0.5, 40.0])
    book = layers.Sigmoid(backward_from="output")
    y = book.forward(x)
    assert np.array_equal(book.backward(np.ones(3)), y * (1 - y)) and book.backward(1)[2] == 0
    assert "backward_from='output'" in repr(book)
    with pytest.raises(ValueError, match="leave backward_from= out"):
        layers.Gelu(backward_from="output")
    with pytest.raises(ValueError, match="'sideways' is neither 'input' nor 'output'"):
        layers.Sigmoid(backward_from="sideways")


def test_no_array_of_the_caller_is_written_to_or_relied_upon():
    x, dout = np.array([[1.0, -2.0]]), np.array([[0.5, 0.25]])
    W, b, t = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.5, 1.0]), np.array([1])
    arrays = (x, dout, W, b, t)
    before = copy.deepcopy(arrays)
    for layer in (layers.Sigmoid(), layers.Sigmoid(backward_from="output"), layers.Affine(W, b), layers.Dropout(0.5)):
        y = layer.forward(x)
        expected = layer.backward(dout)
        y *= 0
        assert np.array_equal(layer.backward(dout), expected), layer
    loss = layers.SoftmaxWithLoss()
    loss.forward(x, t)
    loss.backward()
    assert all(np.array_equal(a, b) for a, b in zip(arrays, before, strict=True))
    layer = layers.Tanh()
    layer.forward(x)
    expected = layer.backward(dout)
    x += 1
    assert np.array_equal(layer.backward(dout), expected), "x is the caller's to change after the forward pass"


def test_affine():
    generator = np.random.default_rng(1)
    W, b = generator.normal(size=(6, 3)), generator.normal(size=3)
    layer = layers.Affine(W, b)
    images = generator.normal(size=(4, 1, 2, 3))
    assert np.array_equal(layer.forward(images), images.reshape(4, 6) @ W + b)
    assert layer.backward(np.ones((4, 3))).shape == images.shape
    for x in (images, images[0].ravel()):
        differences = layers.check_gradient(layer, x)
        assert set(differences) == {"x", "W", "b"} and max(differences.values()) < 1e-8
    W -= 1
    assert np.array_equal(layer.forward(images), images.reshape(4, 6) @ W + b), "who updates W in place trains the layer"
    with pytest.raises(ValueError, match=r"x of shape \(4, 5\) does not fit W of shape \(6, 3\); a sample has 6 numbers"):
        layer.forward(np.ones((4, 5)))
    with pytest.raises(ValueError, match=r"W of shape \(6, 3\) and b of shape \(6,\) do not fit"):
        layers.Affine(W, np.ones(6))


def test_softmax_with_loss():
    layer, z = layers.SoftmaxWithLoss(), np.array([[0.3, 2.9, 4.0], [1.0, 1.0, 1.0]])
    for t in ([2, 0], [[0, 0, 1], [1, 0, 0]]):
        assert np.isclose(layer.forward(z, t), -np.log(ogive.softmax(z)[[0, 1], [2, 0]]).mean(), rtol=1e-15)
        assert np.allclose(layer.backward(), (ogive.softmax(z) - np.eye(3)[[2, 0]]) / 2, atol=1e-16)
        assert layers.check_gradient(layer, z, t)["x"] < 1e-9
    assert np.array_equal(layer.y, ogive.softmax(z))
    layer.forward([[60.0, 0.0]], [0])
    assert layer.backward()[0, 0] == -ogive.sigmoid(-60.0), "a confident and right answer keeps its gradient"
    with pytest.raises(TypeError, match="t is missing"):
        layer.forward(z)


def test_sigmoid_with_loss():
    layer, z, t = layers.SigmoidWithLoss(), np.array([[0.5], [-40.0]]), np.array([[1], [0]])
    layer.forward(z, t)
    assert np.array_equal(layer.backward(2), [[-ogive.sigmoid(-0.5)], [ogive.sigmoid(-40.0)]])
    assert layers.check_gradient(layer, z, t)["x"] < 1e-9


def test_dropout():
    x = np.ones(10_000, np.float32)
    layer = layers.Dropout(0.25, random_state=7)
    y = layer.forward(x)
    assert y.dtype == np.float32 and set(np.unique(y)) == {0, np.float32(1 / 0.75)} and abs(y.mean() - 1) < 0.02
    assert np.array_equal(layer.backward(x), y)
    assert np.array_equal(layers.Dropout(0.25, random_state=7).forward(x), y)
    assert np.array_equal(layer.forward(x, training=False), x) and np.array_equal(layer.backward(x), x)
    assert layers.check_gradient(layers.Dropout(0.5, random_state=3), [[1.0, 2.0], [3.0, 4.0]])["x"] < 1e-9
    with pytest.raises(ValueError, match=r"rate=1 is not a share"):
        layers.Dropout(1)


@pytest.mark.parametrize(
    "layer", [layers.Sigmoid(), layers.Affine(np.eye(2), np.ones(2)), layers.SoftmaxWithLoss(), layers.Dropout()], ids=repr
)
def test_backward_before_forward_is_refused(layer):
    with pytest.raises(RuntimeError, match=r"there was no forward pass; call forward\(x\) first"):
        layer.backward(1)


def test_layers_pickle():
    layer = layers.Elu(alpha=2.0)
    layer.forward([-1.0, 1.0])
    again = pickle.loads(pickle.dumps(layer))
    assert type(again) is layers.Elu and np.array_equal(again.backward(1), layer.backward(1))


def test_a_wrong_gradient_is_found():
    class Wrong(layers.Sigmoid):
        def backward(self, dout):
            return 1.01 * super().backward(dout)

    assert layers.check_gradient(Wrong(), [0.5])["x"] > 1e-3


def test_the_examples_in_the_docstrings():
    assert doctest.testmod(layers).failed == 0
