"""Numbers of documents: each once, in no readable order."""

from apps.core.ids import scatter


def test_every_number_of_five_digits_comes_once_then_six() -> None:
    numbers = [scatter("SO", count) for count in range(1, 2_001)]

    assert len(set(numbers)) == 2_000
    assert all(10_000 <= number <= 99_999 for number in numbers)
    assert 100_000 <= scatter("SO", 90_001) <= 999_999
    assert scatter("SO", 1) == numbers[0]


def test_neighbors_do_not_tell_how_many_there_are() -> None:
    steps = {scatter("SO", count + 1) - scatter("SO", count) for count in range(1, 500)}

    assert len(steps) > 450
