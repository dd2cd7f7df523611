"""A notice is printed once, to standard output."""

from data_utils import notices


def test_each_sentence_is_printed_once(monkeypatch, capsys):
    monkeypatch.setattr(notices, "_said", set())
    for sentence in ("One.", "Two.", "One."):
        notices.say_once(sentence)
    assert capsys.readouterr() == ("One.\nTwo.\n", "")
