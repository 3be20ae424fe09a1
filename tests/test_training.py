"""The demo's data, its training loop and its pictures."""

import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from typer import Typer
from typer.testing import CliRunner

from training import convolutional
from training.autoencoder import autoencoder, least_loss, loss_of_mean_image, train
from training.data import BadData, Digits, at_16, load, read_usps, split
from training.fit import Curve, accuracy, fit, images_of, squares_of
from training.pictures import draw_classifier
from training.pictures_autoencoder import principal_plane

HEADER = "10 256"


def line(label="3", count=256, value="0.5"):
    return " ".join([label, *[value] * count])


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "usps.txt"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_usps_digits_are_scaled_to_one(tmp_path):
    values = [f"{number % 3}" for number in range(256)]
    digits = read_usps(written(tmp_path, HEADER, line("7"), " ".join(["0", *values]), "", "-1"))
    assert len(digits) == 2
    assert digits.labels.tolist() == [7, 0]
    assert digits.images.dtype == np.float64
    assert digits.images[0].tolist() == [0.25] * 256
    assert digits.images[1][:4].tolist() == [0, 0.5, 1, 0]
    assert digits.side == 16


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            [HEADER, line(), line(count=255)],
            "line 3: 256 values are expected after the label, and there are 255",
        ),
        ([HEADER, line(label="10")], "line 2: the label is expected to be a digit from 0 to 9, and is '10'"),
        ([HEADER, line(label="1.0")], "line 2: the label"),
        ([HEADER, line(value="2.5")], r"line 2: values are expected in \[0, 2\], and one is 2.5"),
        ([HEADER, line(value="-0.1")], "one is -0.1"),
        ([HEADER, line(value="nan")], "one is nan"),
        ([HEADER, line(value="ink")], "line 2: .*'ink'"),
        ([line(), line()], "line 1: a header is expected"),
        ([HEADER, "-1", line()], "line 2: 256 values"),
        ([HEADER], "holds no digits"),
        ([HEADER, "-1"], "holds no digits"),
        ([], "holds no digits"),
    ],
)
def test_a_bad_file_is_refused_by_line(tmp_path, lines, message):
    with pytest.raises(BadData, match=message):
        read_usps(written(tmp_path, *lines))


def test_what_cannot_be_read_is_named(tmp_path):
    with pytest.raises(BadData, match=r"none\.txt cannot be read: No such file"):
        read_usps(tmp_path / "none.txt")
    with pytest.raises(BadData, match="cannot be read: Is a directory"):
        read_usps(tmp_path)
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(BadData, match="it is not text"):
        read_usps(tmp_path / "picture.png")


def test_the_digits_of_scikit_learn():
    digits = load()
    assert digits.images.shape == (1797, 64)
    assert (digits.images.min(), digits.images.max()) == (0, 1)
    assert sorted(set(digits.labels.tolist())) == list(range(10))


def test_the_split_is_fixed_and_parts_all_digits():
    digits = Digits(np.arange(50.0)[:, None], np.arange(50), side=1)
    training, held_out = split(digits)
    assert (len(training), len(held_out)) == (40, 10)
    assert sorted([*training.labels, *held_out.labels]) == list(range(50))
    assert training.images[:, 0].tolist() == training.labels.tolist()
    assert split(digits)[1].labels.tolist() == held_out.labels.tolist()
    assert split(digits, seed=1)[1].labels.tolist() != held_out.labels.tolist()


def test_small_images_are_brought_to_16_by_interpolation():
    ramp = np.tile(np.arange(8.0), (8, 1))
    images = np.array([np.full(64, 0.25), ramp.ravel(), ramp.T.ravel()])
    large = at_16(Digits(images, np.array([1, 2, 3]), side=8))
    assert large.side == 16 and large.images.shape == (3, 256)
    assert large.images[0].tolist() == [0.25] * 256
    # The centre of new pixel 2k + 1 lies a quarter of an old pixel to the right of the centre of old pixel k.
    row = [0, *(k + quarter for k in range(7) for quarter in (0.25, 0.75)), 7]
    assert large.images[1].reshape(16, 16)[5].tolist() == row
    assert large.images[2].reshape(16, 16)[:, 5].tolist() == row
    assert at_16(large) is large


class Slope:
    """yhat = w·x for one weight, and what it was trained on."""

    def __init__(self):
        self.w, self.gradient, self.batches = 0.0, 0.0, []

    def forward(self, input):
        return self.w * input

    def zero_grad(self):
        self.gradient = 0.0

    def backward_update_gradient(self, input, delta):
        self.batches.append(input[:, 0].tolist())
        self.gradient += float((input * delta).sum())

    def update_parameters(self, gradient_step):
        self.w -= gradient_step * self.gradient


class SquaredError:
    def forward(self, y, yhat):
        return ((yhat[:, 0] - y) ** 2).astype(float)

    def backward(self, y, yhat):
        return 2 * (yhat - y[:, None])


def test_one_step_goes_along_the_mean_gradient():
    training = Digits(np.array([[1.0], [2.0]]), np.array([3, 4]), side=1)
    module = Slope()
    curve = fit(module, SquaredError(), training, training, epochs=1, batch=2, gradient_step=0.1)
    assert module.w == pytest.approx(0.1 * 2 * (1 * 3 + 2 * 4) / 2)
    assert curve.training[0] == (9 + 16) / 2
    assert curve.training[1] == pytest.approx(((module.w - 3) ** 2 + (2 * module.w - 4) ** 2) / 2)


def test_a_falling_step_falls_linearly_towards_nothing():
    training = Digits(np.ones((4, 1)), np.array([1, 1, 1, 1]), side=1)

    taken = []

    class Steps(Slope):
        def update_parameters(self, gradient_step):
            taken.append(gradient_step)

    fit(Steps(), SquaredError(), training, training, epochs=2, batch=2, gradient_step=0.8, falling=True)
    assert taken == pytest.approx([0.4, 0.3, 0.2, 0.1])


def test_an_autoencoder_is_compared_with_what_it_was_shown():
    class Entries:
        def forward(self, y, yhat):
            return (yhat - y) ** 2

        def backward(self, y, yhat):
            return 2 * (yhat - y)

    training = Digits(np.array([[1.0], [2.0]]), np.array([7, 7]), side=1)
    curve = fit(Slope(), Entries(), training, training, epochs=1, batch=2, gradient_step=0.2, targets=images_of)
    assert curve.training == pytest.approx((2.5, 0.0))


def test_every_epoch_sees_each_training_digit_once_and_none_held_out():
    digits = Digits(np.arange(10.0)[:, None], np.arange(10), side=1)
    training, held_out = split(digits, held_out=0.3)
    module = Slope()
    curve = fit(module, SquaredError(), training, held_out, epochs=3, batch=3, gradient_step=1e-3)
    assert [len(batch) for batch in module.batches] == [3, 3, 1] * 3
    epochs = [[x for batch in module.batches[start : start + 3] for x in batch] for start in (0, 3, 6)]
    assert all(sorted(epoch) == sorted(training.images[:, 0]) for epoch in epochs)
    assert epochs[0] != epochs[1]
    assert len(curve.training) == len(curve.held_out) == 4
    assert curve.training[-1] < curve.training[0]


def test_accuracy_is_a_share():
    class Fixed:
        def forward(self, input):
            return np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]])

    digits = Digits(np.zeros((4, 1)), np.array([1, 0, 0, 0]), side=1)
    assert accuracy(Fixed(), digits) == 0.75


def test_the_picture_is_white_at_zero_and_warm_above(tmp_path):
    weights = np.zeros((10, 4))
    weights[0] = 1.0
    curve = Curve((2.0, 1.0), (2.0, 1.5))
    draw_classifier(weights, 2, curve, "a title", tmp_path / "new" / "weights.png")
    picture = imread(tmp_path / "new" / "weights.png")[..., :3]
    height, width = picture.shape[:2]
    zero, one = picture[height // 3, width * 8 // 100], picture[height // 3, width * 20 // 100]
    assert zero[0] > 2 * zero[2]
    assert np.ptp(one) < 0.02 and one.min() > 0.95


def test_losses_to_compare_with():
    training = Digits(np.full((3, 4), 0.5), np.array([0, 1, 2]), side=2)
    held_out = Digits(np.array([[0.0, 1.0, 0.5, 0.25]]), np.array([0]), side=2)
    assert loss_of_mean_image(training, held_out) == pytest.approx(np.log(2))
    quarter = -(0.25 * np.log(0.25) + 0.75 * np.log(0.75))
    assert least_loss(held_out) == pytest.approx((np.log(2) + quarter) / 4)


def test_the_autoencoder_is_that_of_the_document_and_learns():
    model = autoencoder(seed=0)
    digits = at_16(load())[np.arange(200)]
    assert model.codes(digits.images).shape == (200, 10)
    # The halves share their parameters with the whole: what the whole learns, they know.
    training, held_out = split(digits)
    curve = train(model, training, held_out, epochs=2, seed=0)
    assert curve.training[-1] < curve.training[0] == pytest.approx(np.log(2), abs=0.05)
    logits = model.decoder.forward(model.codes(digits.images))
    shown = model.reconstructions(digits.images)
    assert np.allclose(shown, 1 / (1 + np.exp(-logits)), rtol=1e-12)


def test_the_convolutional_network_sees_squares_and_learns():
    digits = load()
    assert squares_of(digits)[3, 0].tolist() == digits.images[3].reshape(8, 8).tolist()
    training, held_out = split(digits)
    network = convolutional.convolutional(digits.side, seed=0)
    curve = convolutional.train(network, training, held_out, epochs=2, seed=0)
    assert curve.training[-1] < 0.5 * curve.training[0]
    assert accuracy(network, held_out, squares_of) > 0.8


def test_the_confusion_counts_what_was_read_as_what():
    counts = convolutional.confusion(np.array([3, 3, 3, 5]), np.array([3, 8, 8, 5]))
    assert counts[3, 3] == counts[5, 5] == 1
    assert counts[3, 8] == 2
    assert counts.sum() == 4


def test_the_plane_of_codes_keeps_the_two_widest_directions():
    rng = np.random.default_rng(0)
    turn, _ = np.linalg.qr(rng.normal(size=(10, 10)))
    wide = rng.normal(size=(50, 2)) * (5, 3)
    flat = np.hstack([wide, np.zeros((50, 8))]) @ turn + 7
    points, share = principal_plane(flat)
    assert share == pytest.approx(1)
    gaps = np.linalg.norm(points[:, None] - points, axis=-1)
    assert np.allclose(gaps, np.linalg.norm(wide[:, None] - wide, axis=-1))


def demo(*arguments: str):
    from training.demo import main

    app = Typer()
    app.command()(main)
    return CliRunner().invoke(app, arguments)


def test_the_demo_learns_to_read(tmp_path):
    result = demo("--out", str(tmp_path), "--epochs", "8", "--sweeps", "2", "--passes", "4")
    assert result.exit_code == 0, result.output
    share = float(re.search(r"held-out accuracy: ([\d.]+)%", result.output)[1])
    assert share > 90
    assert imread(tmp_path / "digits.png").ndim == 3
    loss = float(re.search(r"held-out loss of a grey value: ([\d.]+)", result.output)[1])
    mean, least = map(float, re.search(r"mean image's: ([\d.]+); .* below: ([\d.]+)", result.output).groups())
    assert least < loss < mean
    assert imread(tmp_path / "autoencoder.png").ndim == 3


def test_the_demo_refuses_a_bad_file(tmp_path):
    result = demo("--data", str(written(tmp_path, HEADER, line(count=3))), "--out", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert "line 2: 256 values are expected" in result.output
    assert not (tmp_path / "out").exists()
