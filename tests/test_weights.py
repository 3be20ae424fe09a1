"""Parameters in safetensors files: out and in, in torch's layout, and what is refused."""

import os
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("safetensors", reason="safetensors is in the demo's requirements")

from safetensors.numpy import load_file, save_file

from generated import RBF, Linear, Sequential, TanH
from training.weights import BadWeights, load_weights, save_weights


def network(**keywords):
    return Sequential(Linear(3, 4, **keywords), TanH(), Sequential(Linear(4, 2, bias=False, **keywords)))


def refused(module, path, *words):
    """Loading fails, says these words, and leaves the module as it was."""
    before = module.state_dict()
    with pytest.raises(BadWeights) as caught:
        load_weights(module, path)
    assert all(word in str(caught.value) for word in (str(path), *words)), str(caught.value)
    assert all(np.array_equal(array, before[name]) for name, array in module.state_dict().items())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "make",
    [lambda **k: Linear(3, 2, **k), lambda **k: Linear(3, 0, **k), lambda **k: RBF(2, 3, **k), network],
)
def test_go_out_and_in(tmp_path, make, dtype):
    path = tmp_path / "weights.safetensors"
    first, second = make(dtype=dtype, rng=0), make(dtype=dtype, rng=1)
    save_weights(first, path)
    load_weights(second, str(path))
    for name, array in first.state_dict().items():
        np.testing.assert_array_equal(second.parameters[name], array)
        assert second.parameters[name].dtype == dtype and second.parameters[name].flags.writeable
    assert [file.name for file in tmp_path.iterdir()] == ["weights.safetensors"]


def test_without_parameters(tmp_path):
    save_weights(TanH(), tmp_path / "none")
    load_weights(TanH(), tmp_path / "none")


def test_a_parameter_in_any_memory_layout(tmp_path):
    layer, other = Linear(3, 2, rng=0), Linear(3, 2)
    layer.parameters["W"] = np.asfortranarray(layer.parameters["W"])
    save_weights(layer, tmp_path / "w")
    load_weights(other, tmp_path / "w")
    np.testing.assert_array_equal(other.parameters["W"], layer.parameters["W"])


class TestTorch:
    """torch's Linear computes x·weightᵀ + bias with a weight of shape (outputs, inputs), and so does this one."""

    WEIGHT, BIAS = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([10.0, 20.0])

    def test_its_weights_are_taken_as_they_are(self, tmp_path):
        save_file({"0.weight": self.WEIGHT, "0.bias": self.BIAS}, tmp_path / "torch.safetensors")
        words = {"weight": "W", "bias": "b"}
        theirs = load_file(tmp_path / "torch.safetensors")
        renamed = {f"{name[:2]}{words[name[2:]]}": array for name, array in theirs.items()}
        save_file(renamed, tmp_path / "ours.safetensors")
        net = Sequential(Linear(3, 2))
        load_weights(net, tmp_path / "ours.safetensors")
        assert net.forward([[1.0, 0.0, -1.0]]).tolist() == [[8.0, 18.0]]

    def test_ours_have_its_shapes(self, tmp_path):
        save_weights(Linear(3, 2), tmp_path / "ours")
        assert {name: array.shape for name, array in load_file(tmp_path / "ours").items()} == {"W": (2, 3), "b": (2,)}


class TestRefusals:
    def test_what_is_no_such_file(self, tmp_path):
        path = tmp_path / "w"
        for content in (b"", b"{}", b"\x93NUMPY" * 20, b"\xff" * 100):
            path.write_bytes(content)
            refused(Linear(3, 2), path, "no safetensors file")
        with pytest.raises(FileNotFoundError):
            load_weights(Linear(3, 2), tmp_path / "none")

    def test_a_file_that_ends_early(self, tmp_path):
        save_weights(Linear(3, 2), tmp_path / "w")
        (tmp_path / "w").write_bytes((tmp_path / "w").read_bytes()[:-1])
        refused(Linear(3, 2), tmp_path / "w", "no safetensors file")

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"0.b": None}, ["it lacks 0.b"]),
            ({"0.b": None, "2.0.W": None, "7.W": np.ones(2)}, ["it lacks 0.b, 2.0.W; it has 7.W besides"]),
            ({"0.W": np.ones((3, 4))}, ["0.W[d', d] is (4, 3); the array given is (3, 4)"]),
            ({"0.W": np.ones((4, 3), np.float32)}, ["0.W is float32 in the file and float64 in the module"]),
            ({"0.b": np.ones(4, int)}, ["0.b is int64 in the file and float64 in the module"]),
        ],
    )
    def test_other_names_shapes_or_dtypes(self, tmp_path, change, words):
        state = {name: array for name, array in (network().state_dict() | change).items() if array is not None}
        save_file(state, tmp_path / "w")
        refused(network(), tmp_path / "w", "does not hold the parameters of Sequential(", *words)


class TestWriting:
    def test_a_failure_leaves_the_old_file(self, tmp_path, monkeypatch):
        path = tmp_path / "w"
        save_weights(Linear(3, 2, rng=0), path)
        old = path.read_bytes()

        def fail(*_):
            raise OSError("no space")

        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="no space"):
            save_weights(Linear(3, 2, rng=1), path)
        assert path.read_bytes() == old and list(tmp_path.iterdir()) == [path]

    def test_replaces_whole(self, tmp_path, monkeypatch):
        path, seen = tmp_path / "w", []
        save_weights(Linear(3, 2, rng=0), path)
        old, replace = path.read_bytes(), os.replace

        def watched(source, target):
            seen.append((Path(target).read_bytes() == old, Path(source).stat().st_size == len(old)))
            replace(source, target)

        monkeypatch.setattr(os, "replace", watched)
        save_weights(Linear(3, 2, rng=1), path)
        assert seen == [(True, True)] and path.read_bytes() != old
