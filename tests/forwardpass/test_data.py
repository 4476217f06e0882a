"""The data sets load offline, from a checkout and from an installed package, and are what their cards say."""

import importlib
import re
import runpy
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
import pytest

from forwardpass import data
from forwardpass.data import files, houses

REPOSITORY = Path(__file__).resolve().parents[2]
HOUSES = REPOSITORY / "data" / "house_prices"
CSV = HOUSES / "house_prices.csv"

Floats = npt.NDArray[np.float64]
Split = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


@pytest.fixture(scope="module")
def generator() -> dict[str, Any]:
    """The names that prepare.py defines."""
    return runpy.run_path(str(HOUSES / "prepare.py"))


@pytest.fixture(scope="module")
def card() -> str:
    """The data card of the house prices."""
    return (HOUSES / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Puts a copy of the CSV file, with its first `old` replaced by `new`, in the place of the real one."""

    def put(old: str, new: str) -> Path:
        text = CSV.read_text(encoding="utf-8")
        assert old in text
        path = tmp_path / "house_prices.csv"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        monkeypatch.setattr(files, "places", lambda folder, name: [path])
        return path

    return put


def split(n: int, seed: int) -> Split:
    """Row numbers for training and, a fifth of them, for the test."""
    order = np.random.default_rng(seed).permutation(n)
    return order[n // 5 :], order[: n // 5]


def r2(y: Floats, y_hat: Floats) -> float:
    """Share of y's variance that y_hat explains."""
    return 1.0 - float(((y - y_hat) ** 2).sum() / ((y - y.mean()) ** 2).sum())


def held_out_r2(predict: Callable[[Floats, Floats, Floats, int], Floats]) -> list[float]:
    """R² on five test parts of predict(X_train, y_train, X_test, seed), with X standardised."""
    scores = []
    homes = data.house_prices()
    for seed in range(5):
        train, test = split(len(homes.y), seed)
        X = (homes.X - homes.X[train].mean(axis=0)) / homes.X[train].std(axis=0)
        scores.append(r2(homes.y[test], predict(X[train], homes.y[train], X[test], seed)))
    return scores


def least_squares(X: Floats, y: Floats, X_test: Floats, seed: int) -> Floats:
    """Predictions of the linear model with a bias."""
    w = np.linalg.lstsq(np.c_[X, np.ones(len(X))], y, rcond=None)[0]
    return np.asarray(np.c_[X_test, np.ones(len(X_test))] @ w, dtype=np.float64)


def mlp(X: Floats, y: Floats, X_test: Floats, seed: int) -> Floats:
    """Predictions of a network with two hidden layers of 32."""
    network = importlib.import_module("sklearn.neural_network").MLPRegressor(
        hidden_layer_sizes=(32, 32),
        learning_rate_init=3e-3,
        early_stopping=True,
        n_iter_no_change=20,
        random_state=seed,
    )
    network.fit(X, (y - y.mean()) / y.std())
    return np.asarray(network.predict(X_test) * y.std() + y.mean(), dtype=np.float64)


def test_rerunning_the_generator_gives_the_committed_file_byte_for_byte(
    generator: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "again.csv"
    generator["main"]([str(target)])
    assert target.read_bytes() == CSV.read_bytes()
    assert "1800 rows" in capsys.readouterr().out


def test_another_seed_gives_other_homes(generator: dict[str, Any]) -> None:
    assert generator["rows"](seed=1, count=20) != generator["rows"](seed=2, count=20)


def test_house_prices_are_finite_numbers_with_a_name_and_a_unit_for_each_column() -> None:
    homes = data.house_prices()
    assert homes.X.shape == (1800, 8)
    assert homes.y.shape == (1800,)
    assert homes.X.dtype == homes.y.dtype == np.float64
    assert np.isfinite(homes.X).all()
    assert np.isfinite(homes.y).all()
    assert len(homes.feature_names) == len(homes.feature_units) == 8
    assert (homes.target_name, homes.target_unit) == ("price_keur", "thousand EUR")


def test_house_prices_agree_with_the_generator_column_by_column(generator: dict[str, Any]) -> None:
    homes = data.house_prices()
    rows = generator["rows"]()
    assert homes.feature_names == generator["Home"]._fields
    np.testing.assert_array_equal(homes.X, [home for home, _ in rows])
    np.testing.assert_array_equal(homes.y, [price for _, price in rows])


def test_no_home_appears_twice_and_every_feature_varies() -> None:
    X = data.house_prices().X
    assert len(np.unique(X, axis=0)) == len(X)
    assert (X.std(axis=0) > 0).all()


def test_the_card_names_every_column_with_unit_and_range_and_the_size(card: str) -> None:
    for column in houses._COLUMNS:
        assert f"| `{column.name}` | {column.unit} | {column.low:g} to {column.high:g} |" in card
    assert f"1800 rows, 9 columns, {CSV.stat().st_size} bytes" in card
    assert CSV.stat().st_size < 150_000


def test_the_card_states_the_prices_that_are_in_the_file(card: str) -> None:
    y = data.house_prices().y
    assert f"From {y.min():.1f} to {y.max():.1f}, half of them below {np.median(y):.1f}" in card


def test_a_linear_model_explains_three_quarters_of_the_prices() -> None:
    scores = held_out_r2(least_squares)
    assert 0.73 < np.mean(scores) < 0.78, scores
    assert min(scores) > 0.70, scores
    assert max(scores) < 0.80, scores


def test_an_mlp_explains_more_than_a_linear_model_can() -> None:
    scores = held_out_r2(mlp)
    assert np.mean(scores) > 0.875, scores
    assert min(scores) > 0.855, scores


def test_chance_leaves_a_tenth_that_no_model_explains(generator: dict[str, Any]) -> None:
    rows = generator["rows"]()
    fair = np.array([generator["fair_price"](home) for home, _ in rows])
    assert 0.90 < r2(np.array([price for _, price in rows]), fair) < 0.935


def test_digits_are_ink_from_0_to_1_with_whole_labels() -> None:
    digits = data.digits()
    assert digits.images.shape == (1797, 8, 8)
    assert digits.images.dtype == np.float64
    assert digits.labels.shape == (1797,)
    assert digits.labels.dtype == np.int64
    assert digits.images.min() == 0.0
    assert digits.images.max() == 1.0
    np.testing.assert_array_equal(digits.images * 16, np.rint(digits.images * 16))
    np.testing.assert_array_equal(np.unique(digits.labels), np.arange(10))


def test_digits_are_dark_in_the_middle_and_light_at_the_sides() -> None:
    ink = data.digits().images.mean(axis=0)
    assert ink[:, 3:5].mean() > 5 * ink[:, [0, 7]].mean()


@pytest.mark.parametrize("name", data.PHOTOGRAPHS)
def test_photographs_are_colour_images_of_bytes(name: str) -> None:
    photo = data.photograph(name)
    assert photo.shape == (427, 640, 3)
    assert photo.dtype == np.uint8
    assert photo.std() > 20


def test_channels_of_a_photograph_are_red_green_blue() -> None:
    dahlia = data.photograph("flower")[150:280, 240:370].mean(axis=(0, 1))
    assert dahlia[0] > dahlia[1] > dahlia[2]


def all_arrays() -> list[npt.NDArray[Any]]:
    """Every array that the module hands out."""
    homes, digits = data.house_prices(), data.digits()
    photos: list[npt.NDArray[Any]] = [data.photograph(name) for name in data.PHOTOGRAPHS]
    return [homes.X, homes.y, digits.images, digits.labels, *photos]


def test_changing_an_array_leaves_the_next_call_unchanged() -> None:
    first, originals = all_arrays(), all_arrays()
    for array in first:
        array[...] = 7
    for again, original in zip(all_arrays(), originals, strict=True):
        np.testing.assert_array_equal(again, original)


def test_arrays_of_one_call_share_no_memory() -> None:
    homes = data.house_prices()
    assert not np.shares_memory(homes.X, homes.y)


def test_fields_can_not_be_replaced_by_accident() -> None:
    with pytest.raises(AttributeError, match="cannot assign"):
        data.house_prices().X = np.zeros((2, 2))  # type: ignore[misc]


def test_a_notebook_shows_names_and_units_rather_than_1800_rows() -> None:
    shown = repr(data.house_prices())
    assert "area_m2" in shown
    assert "thousand EUR" in shown
    assert "array" not in shown


@pytest.mark.parametrize("name", ["china.jpg", "China", "", "../flower", 3, None, ["china"]])
def test_an_unknown_photograph_is_an_error_that_lists_the_names(name: Any) -> None:
    with pytest.raises(ValueError, match="expected one of 'china', 'flower'") as error:
        data.photograph(name)
    assert repr(name) in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "place", "expected", "got"),
    [
        ("area_m2,", "area,", "line 1, column 1", "'area_m2'", "'area'"),
        ("bedrooms,age_years", "age_years,bedrooms", "line 1, column 2", "'bedrooms'", "'age_years'"),
        (",price_keur", "", "line 1, column 9", "'price_keur'", "none"),
        (",price_keur", ",price_keur,agent", "line 1, column 10", "no further column", "'agent'"),
        ("128,4,35,10.1", "128,four,35,10.1", "line 2, column bedrooms", "a whole number from 1 to 6", "'four'"),
        ("128,4,35,10.1", "128,4.5,35,10.1", "line 2, column bedrooms", "a whole number from 1 to 6", "'4.5'"),
        ("128,4,35,10.1", "128,4,,10.1", "line 2, column age_years", "a whole number from 0 to 140", "''"),
        ("128,4,35,10.1", "128,4,35,nan", "line 2, column distance_km", "a number from 0.3 to 18", "'nan'"),
        ("0,0,432.8", "0,0,inf", "line 2, column price_keur", "a number from 20 to 5000", "'inf'"),
        ("81,3,85", "-81,3,85", "line 3, column area_m2", "a whole number from 28 to 260", "'-81'"),
        ("81,3,85", "81;3;85", "line 3", "9 values", "7 in '81;3;85"),
        ("81,3,85", "81,3,85,1", "line 3", "9 values", "10 in '81,3,85,1"),
        ("\n81,3,85", "\n\n81,3,85", "line 3", "9 values", "1 in ''"),
    ],
)
def test_a_broken_file_is_an_error_that_names_line_and_column(
    broken: Callable[[str, str], Path], old: str, new: str, place: str, expected: str, got: str
) -> None:
    path = broken(old, new)
    with pytest.raises(ValueError, match="expected") as error:
        data.house_prices()
    message = str(error.value)
    assert message.startswith(f"{path}, {place}: expected {expected}, got {got}")
    assert "prepare.py" in message


def test_a_file_cut_short_is_an_error_that_counts_the_rows(broken: Callable[[str, str], Path]) -> None:
    path = broken("area_m2", "area_m2")
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:1001]), encoding="utf-8")
    with pytest.raises(ValueError, match="expected 1800 rows below the header, got 1000"):
        data.house_prices()


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\xff\xfe"])
def test_a_file_that_is_no_table_is_an_error_about_its_header(
    broken: Callable[[str, str], Path], content: bytes
) -> None:
    broken("area_m2", "area_m2").write_bytes(content)
    with pytest.raises(ValueError, match="line 1, column 1: expected 'area_m2'"):
        data.house_prices()


def test_line_ends_of_windows_are_read_as_well(broken: Callable[[str, str], Path]) -> None:
    expected = data.house_prices()
    broken("area_m2", "area_m2").write_bytes(CSV.read_bytes().replace(b"\n", b"\r\n"))
    np.testing.assert_array_equal(data.house_prices().X, expected.X)


def test_a_missing_file_is_an_error_that_says_where_it_belongs_and_how_to_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [tmp_path / "a.csv", tmp_path / "b.csv"]
    monkeypatch.setattr(files, "places", lambda folder, name: places)
    with pytest.raises(FileNotFoundError) as error:
        data.house_prices()
    assert all(str(place) in str(error.value) for place in places)
    assert "python data/house_prices/prepare.py" in str(error.value)
    assert "reinstall" in str(error.value)


@pytest.mark.parametrize("load", [data.digits, lambda: data.photograph("china")])
def test_without_scikit_learn_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, load: Callable[[], object]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"found no scikit-learn.*pip install scikit-learn"):
        load()


@pytest.mark.parametrize(
    ("load", "file"), [(data.digits, "digits.csv.gz"), (lambda: data.photograph("china"), "china.jpg")]
)
def test_a_scikit_learn_without_the_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, load: Callable[[], object], file: str
) -> None:
    empty = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr("importlib.util.find_spec", lambda name: empty)
    with pytest.raises(ImportError, match=f"found no {file} in {re.escape(str(tmp_path))}"):
        load()


def test_everything_loads_with_the_network_off(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoNetwork(socket.socket):
        def __init__(self, *args: object, **kwargs: object) -> None:
            raise AssertionError("a data set opened a socket")

    def no_lookup(*args: object) -> NoReturn:
        raise AssertionError("a data set looked up an address")

    monkeypatch.setattr(socket, "socket", NoNetwork)
    monkeypatch.setattr(socket, "getaddrinfo", no_lookup)
    assert all(array.size for array in all_arrays())


def run_alone(program: str, folder: Path) -> str:
    """What the program prints when a fresh Python looks for packages in this folder first."""
    code = f"import sys; sys.path.insert(0, {str(folder)!r}); {program}"
    command = [sys.executable, "-I", "-c", code]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder laid out as the wheel is: forwardpass with _data, and no repository around it."""
    package = tmp_path / "site" / "forwardpass"
    (package / "_data").mkdir(parents=True)
    (package / "__init__.py").touch()
    shutil.copytree(Path(data.__file__).parent, package / "data")
    shutil.copy(CSV, package / "_data")
    return package.parent


def test_an_installed_package_brings_its_own_file(installed: Path) -> None:
    program = "from forwardpass import data; print(data.__file__); print(data.house_prices().X.shape)"
    assert run_alone(program, installed).splitlines() == [
        str(installed / "forwardpass" / "data" / "__init__.py"),
        "(1800, 8)",
    ]


def test_no_data_set_waits_for_scikit_learn_to_load(installed: Path) -> None:
    calls = "data.house_prices(); data.digits(); data.photograph('china')"
    assert run_alone(f"from forwardpass import data; {calls}; print('sklearn' in sys.modules)", installed) == "False"
