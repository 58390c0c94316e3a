"""What the running text of a report states of its tables: requests and their outcomes, disputes, documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from training.corpus.prose_numbers import han
from training.corpus.prose_phrases import DISPUTE_ROWS, Phrasing, Writer
from training.examples.report import InventedReport

APPLICANTS = ("natural", "commercial", "research", "social", "legal", "other_org")
GROUPS = ("denied", "unavailable", "rejected", "other")
RESULTS = {"upheld": "upheld", "corrected": "corrected", "other": "other_result", "pending": "pending"}
ACTS = {
    "licensing": "行政许可",
    "penalty": "行政处罚",
    "coercion": "行政强制",
    "other_services": "其他对外管理服务事项",
}
DOCUMENTS = {"normative": ("行政规范性文件", "规范性文件"), "rules": ("规章", "政府规章")}


class Statements:
    """States numbers of one report; each method returns sentences without their full stop."""

    def __init__(self, report: InventedReport, random: Random, phrasing: Phrasing) -> None:
        self.random = random
        self.values = report.values
        table = report.tables["t3"]
        self.applicants = {f"t3.new.{column.id}": column.label for column in table.columns[:-1]}
        self.leaves = tuple(row.id for row in table.rows if row.group and row.id != "total")
        self.writer = Writer(random, phrasing, report.values, self._sums(), _said_by(report, random))
        self.has_others = not report.agency.endswith(("省人民政府", "市人民政府", "县人民政府", "区人民政府"))
        """Whether other units' requests are plainly not this one's."""

    def _sums(self) -> dict[str, int]:
        """Sums of fields that are no field, by the name that the patterns give them."""

        def total(fields: Sequence[str]) -> int:
            return sum(int(self.values[field]) for field in fields)

        groups = {name: [f"t3.{leaf}.total" for leaf in self.leaves if leaf.startswith(name)] for name in GROUPS}
        first, second = sorted(self.random.randrange(self._value("new") + 1) for _ in range(2))
        return {
            "net": first,  # How requests came is asked by no field.
            "mail": self._value("new") - second,
            "desk": second - first,
            **{name: total(fields) for name, fields in groups.items()},
            "public": total(("t3.granted.total", "t3.partial.total")),
            "requests": total(("t3.new.total", "t3.carried_in.total")),
            "organisations": total([f"t3.new.{column}" for column in APPLICANTS[1:]]),
            "litigation": total(("t4.litigation_direct.total", "t4.litigation_after_review.total")),
            "disputes": total([f"t4.{row}.total" for row in DISPUTE_ROWS.values()]),
        }

    def _chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def _value(self, row: str) -> int:
        return int(self.values[f"t3.{row}.total"])

    def _amount(self, kind: str, value: int, none: float = 0.65) -> str:
        """A number, or where it is 0 mostly a sentence that says there is none."""
        return self.writer.say(f"zero_{kind}" if not value and self._chance(none) else kind)

    # Requests.

    def requests(self) -> list[str]:
        new, before, done, after = (self._value(row) for row in ("new", "carried_in", "total", "carried_out"))
        if not (new or before or done or after):
            return self._no_requests()
        plan = self.random.choices(("flow", "pair", "steps", "short"), (20, 12, 52, 16))[0]
        if plan == "short" and done == new and not (before or after):
            return [self.writer.say("new") + "，" + self.writer.expand("<all_done>")]
        if plan == "flow":
            # A sum that nothing was carried into would be the number of new requests as well.
            kind = "flow_sum" if before and self._chance(0.35) else "flow"
            return self._with_outcomes([self.writer.say(kind)], done)
        if plan == "pair" and new:
            return self._with_outcomes([self.writer.say("new_done")], done)
        return self._steps(new, before, done, after)

    def _no_requests(self) -> list[str]:
        if self._chance(0.08):
            return [self.writer.say("zero_all")]
        clauses = [self._amount("new", 0, 0.8)]
        if self._chance(0.25):
            clauses.append(self._amount("carried_in", 0))
        if self._chance(0.12):
            clauses.append(self._amount("done", 0))
        if self._chance(0.25):
            clauses.append(self._amount("carried_out", 0))
        return self._chained(clauses)

    def _steps(self, new: int, before: int, done: int, after: int) -> list[str]:
        first = [self._amount("new", new)]
        if new and self._chance(0.25):
            first[0] += "，" + self.writer.expand("<compare>")
        if new and self._chance(0.15):
            first.append(self.writer.say("channels"))
        if new and self._chance(0.3):
            first.append(self._applicants())
        carried_in = [self._amount("carried_in", before)] if self._chance(0.7 if before else 0.4) else []
        ending = [self._amount("carried_out", after)] if self._chance(0.7 if after else 0.4) else []
        handled = [self._amount("done", done)] if self._chance(0.65) or not done else []
        if self.writer.phrasing == "seen" and self._chance(0.2):
            # Other counts of the same work stand among those of the form.
            (first if self._chance(0.5) else carried_in).append(f"{self.writer.say('requests_work')}。")
        # 其中 follows the number that it divides, which is that of the requests handled.
        if done and self._chance(0.6):
            if not handled:
                handled = [self.writer.say("done")]
            mark = self.random.choice("，，，。；")
            outcomes = self._outcomes()
            handled[0] += outcomes if outcomes.startswith("（") else mark + outcomes
        if self._chance(0.12):
            return self._chained([*carried_in, *first, *handled, *ending])
        if ending and self._chance(0.15):
            return self._chained([*first, *carried_in, *ending, *handled])
        return self._chained([*first, *carried_in, *handled, *ending])

    def _with_outcomes(self, sentences: list[str], done: int) -> list[str]:
        if done and self._chance(0.55):
            outcomes = self._outcomes()
            if outcomes.startswith("（"):
                sentences[-1] += outcomes
            else:
                sentences.append(outcomes)
        return sentences

    def _chained(self, clauses: Sequence[str]) -> list[str]:
        """Short clauses share a sentence; a long one ends it."""
        sentences: list[str] = []
        for clause in clauses:
            short = bool(sentences) and "。" not in clause and not any(mark in sentences[-1] for mark in "。；：")
            if short and len(sentences[-1]) < 60 and self._chance(0.6):
                sentences[-1] += self.random.choice("，，，；") + clause
            else:
                sentences.append(clause)
        return sentences

    def _applicants(self) -> str:
        fields = {f"t3.new.{name}": f"name.{name}" for name in APPLICANTS if self.values[f"t3.new.{name}"]}
        if self._chance(0.15):  # Nobody of this kind applied, and the list says so.
            fields.setdefault("t3.new.commercial", "name.commercial")
        if len(fields) < 3:
            # 其他 alone could be anything; behind the other kinds of applicants it is the last column.
            fields.pop("t3.new.other_org", None)
        if self._chance(0.25) and self.values["t3.new.natural"]:
            return self.writer.say("applicants_frame", words={"items": self._natural_and_rest()})
        if not fields:
            return self.writer.say("organisations")
        names = {field: self.writer.say(kind) for field, kind in fields.items()}
        return self._framed("applicants_frame", names, "applicant_behind")

    def _natural_and_rest(self) -> str:
        natural = self._item("before", "t3.new.natural", self.writer.say("name.natural"))
        return f"{natural}，{self.writer.say('organisations')}"

    # Outcomes.

    def _outcomes(self) -> str:
        if self._chance(0.12):
            return self.writer.say("outcome_sums")
        stated = [leaf for leaf in self.leaves if self._value(leaf)]
        if len(stated) > 3 and self._chance(0.2):
            stated = sorted(self.random.sample(stated, 3), key=self.leaves.index)
        if self._chance(0.25):
            stated = sorted({*stated, *self.random.sample(self.leaves, 2)}, key=self.leaves.index)
        if self._chance(0.3):
            return self.writer.say("outcome_frame", words={"items": self._grouped(stated)})
        return self._framed("outcome_frame", self._names(stated), "behind")

    def _names(self, leaves: Sequence[str]) -> dict[str, str]:
        """The outcomes of one kind named by one pattern, by field."""
        patterns = {group: self.writer.pick(f"name.{group}") for group in ("public", *GROUPS)}
        return {
            f"t3.{leaf}.total": self.writer.expand(
                patterns[_group(leaf)], words={"reason": self.writer.say(f"reason.{leaf}")}
            )
            for leaf in leaves
        }

    def _grouped(self, leaves: Sequence[str]) -> str:
        """公开 singly, the refusals by their heading with the rows inside it."""
        items: list[str] = []
        for group in ("public", *GROUPS):
            mine = [leaf for leaf in leaves if _group(leaf) == group]
            if group in ("public", "other"):
                items += [self._item("before", field, name) for field, name in self._names(mine).items()]
            elif any(self._value(leaf) for leaf in mine):
                names = {f"t3.{leaf}.total": self.writer.say(f"reason.{leaf}") for leaf in mine}
                parts = self._listed([self._item("before", *item) for item in names.items()], "、，")
                items.append(self.writer.say(f"group.{group}", words={"parts": parts}))
        return "；".join(items)

    def _framed(self, frame: str, names: Mapping[str, str], behind: str) -> str:
        """Numbers and what they count, in a frame such as 其中."""
        bare = not any(mark in name for name in names.values() for mark in "、，；（：")
        mode = self.random.choices(("before", "behind", "respectively", "numbered"), (60, 20, 14, 6))[0]
        if mode == "respectively" and len(names) > 1 and bare:
            counts = "、".join(self.writer.number(field) for field in names)
            items = self.writer.say("respectively", words={"names": "、".join(names.values()), "counts": counts})
        elif mode == "behind" and all(self.values[field] for field in names):
            items = self._listed([self._behind(behind, field, name) for field, name in names.items()], "，；")
        else:
            pattern = self.writer.pick("before")
            share = self._chance(0.12)
            parts = [self._item(pattern, field, name, share) for field, name in names.items()]
            if mode == "numbered" and len(parts) > 1:
                points = [f"{number}." for number in range(1, len(parts) + 1)]
                if self.writer.phrasing == "seen":
                    points = item_numbers(self.random, len(parts))
                items = "；".join(map("".join, zip(points, parts, strict=True)))
            else:
                items = self._listed(parts, "、，；")
        return self.writer.say(frame, words={"items": items})

    def _listed(self, parts: Sequence[str], separators: str) -> str:
        """The parts with a separator that none of them holds."""
        free = [mark for mark in separators if not any(mark in part for part in parts)] or ["；"]
        if "，" not in free:
            free = ["；"]
        return self.random.choice(free).join(parts)

    def _item(self, pattern: str, field: str, name: str, share: bool = False) -> str:
        if pattern == "before":
            pattern = self.writer.pick("before")
        text = self.writer.expand(pattern, {"n": field}, {"name": name})
        done = self._value("total")
        if share and done and field.endswith(".total"):
            text += f"，占{self.writer.percent(round(100 * float(self.values[field]) / done, 1))}"
        return text

    def _behind(self, kind: str, field: str, name: str) -> str:
        if kind == "applicant_behind":
            name = self.applicants[field].replace("其他", "其他组织")
        if kind != "behind":
            return self.writer.say(kind, {"n": field}, {"name": name})
        leaf = field.split(".")[1]
        reason = self.writer.say(f"reason.{leaf}")
        return self.writer.say(f"behind.{_group(leaf)}", {"n": field}, {"reason": reason})

    # Reviews and lawsuits.

    def disputes(self) -> list[str]:
        review, direct, after = (
            int(self.values[f"t4.{row}.total"]) for row in ("review", "litigation_direct", "litigation_after_review")
        )
        if not (review or direct or after) and self._chance(0.45):
            return [self.writer.say("zero_disputes")]
        if (direct or after) and self._chance(0.2):
            return [self.writer.say("both")]
        if self._chance(0.07):
            return [self.writer.say("dispute_sums")]
        clauses = [self._amount("review", review, 0.75)]
        if review and self._chance(0.5):
            results = self._results("review", "review_results")
            clauses[0] += results if results.startswith("（") else "，" + results
        if direct or after:
            clauses += self._lawsuits(direct, after)
        elif self._chance(0.6):
            clauses.append(self.writer.say("zero_litigation"))
        else:
            clauses += [self._amount("direct", 0), self._amount("after", 0)]
        return self._chained(clauses)

    def _lawsuits(self, direct: int, after: int) -> list[str]:
        if self._chance(0.5):
            clauses = [self.writer.say("litigation")]
        else:
            clauses = [self._amount("direct", direct), self._amount("after", after)]
        for name, value in (("direct", direct), ("after", after)):
            if value and self._chance(0.3):
                row = "litigation_direct" if name == "direct" else "litigation_after_review"
                clauses.append(self._results(row, f"{name}_results") + "。")
        return clauses

    def _results(self, row: str, frame: str) -> str:
        columns = [column for column in RESULTS if self.values[f"t4.{row}.{column}"] or self._chance(0.15)]
        upheld = "upheld" if row == "review" else "court_upheld"
        names = {
            f"t4.{row}.{column}": self.writer.say(f"name.{upheld if column == 'upheld' else RESULTS[column]}")
            for column in columns
        }
        if not names:
            return self.writer.say(frame, words={"items": "结果见下表"})
        return self._framed(frame, names, "result_behind")

    # Documents, decisions, money.

    def documents(self) -> list[str]:
        sentences: list[str] = []
        for row, chance in (("normative", 0.6), ("rules", 0.15)):
            if self._chance(chance):
                sentences += self._documents(row)
        for row, act in ACTS.items():
            if f"t2.{row}.decisions" in self.values and self._chance(0.25):
                sentences.append(self._decision(row, act))
            if f"t2.{row}.previous" in self.values and self._chance(0.08):
                sentences.append(self.writer.say("previous", {"previous": f"t2.{row}.previous"}, {"act": act}))
        if self._chance(0.15):
            sentences += self.fees()
        projects = {name: f"t2.procurement.{name}" for name in ("projects", "amount")}
        if projects["projects"] in self.values and self._chance(0.2):
            sentences.append(self.writer.say("procurement", projects))
        return sentences

    def fees(self) -> list[str]:
        """What the table says of money collected, where the form asks for it."""
        field = "t2.fees.amount"
        return [self.writer.say("fees", {"amount": field})] if field in self.values else []

    def _documents(self, row: str) -> list[str]:
        names = ("issued", "repealed", "in_force", "made", "published", "total_published")
        fields = {name: f"t2.{row}.{name}" for name in names if f"t2.{row}.{name}" in self.values}
        words = {"doc": self.random.choice(DOCUMENTS[row])}
        if "made" in fields:
            return [self.writer.say("doc_made", fields, words)]
        if self._chance(0.35):
            return [self.writer.say("doc_all", fields, words)]
        kind = "zero_issued" if not self.values[fields["issued"]] and self._chance(0.7) else "doc_issued"
        clauses = [self.writer.say(kind, fields, words)]
        for name in ("repealed", "in_force"):
            if self._chance(0.4):
                clauses.append(self.writer.say(f"doc_{name}", fields, words))
        return self._chained(clauses)

    def _decision(self, row: str, act: str) -> str:
        field = f"t2.{row}.decisions"
        kind = "zero_decision" if not self.values[field] and self._chance(0.7) else "decision"
        return self.writer.say(kind, {"decisions": field}, {"act": act})


def item_numbers(random: Random, count: int) -> list[str]:
    """What stands before the items of an enumeration."""
    way = random.choice(("{}.", "（{}）", "({})", "{}、", "①", "一是"))
    if way == "①" and count <= 20:
        return [chr(ord("①") + number) for number in range(count)]
    if way == "一是":
        return [f"{han(number)}是" for number in range(1, count + 1)]
    return [way.replace("①", "{}.").format(number) for number in range(1, count + 1)]


def _group(leaf: str) -> str:
    if leaf in ("granted", "partial"):
        return "public"
    if leaf in ("other", "other_misc"):
        return "public"  # Their names say already that the request was handled otherwise.
    return leaf.split("_")[0]


def _said_by(report: InventedReport, random: Random) -> dict[str, tuple[str, ...]]:
    """What slots say of this report: who and when, and the numbers of other kinds that run through it."""
    agency, year = report.agency, report.year
    we: tuple[str, ...]
    if agency.endswith(("镇人民政府", "乡人民政府")):
        we = ("我镇", "本镇", "镇政府") if "镇" in agency else ("我乡", "本乡", "乡政府")
    elif agency.endswith("人民政府"):
        we = (f"我{agency[-5]}", f"{agency[-5]}政府")
    elif agency.endswith("办公室"):
        we = ("我办", "本办", "办公室")
    elif agency.endswith(("局", "委", "厅")):
        we = (f"我{agency[-1]}", f"本{agency[-1]}", "本机关", "本单位")
    else:
        we = ("我单位", "本机关")
    offices = (f"国办公开办函〔{2019 if year < 2021 else 2021}〕{60 if year < 2021 else 30}号",)
    return {
        "year": (str(year),),
        "last": (str(year - 1),),
        "next": (str(year + 1),),
        "agency": (agency,),
        "we": (random.choice(we), random.choice(we)),
        "upper": ("全省" if "市" in agency else "全市",),
        "docno": (*offices, *(f"{name}〔{year}〕{random.randrange(2, 90)}号" for name in ("政办发", "公开办函"))),
        "phone": (f"0{random.randrange(310, 999)}-{random.randrange(2_000_000, 89_999_999)}",),
        "zip": (f"{random.randrange(100_000, 859_999)}",),
        "date": tuple(f"{random.randrange(1, 13)}月{random.randrange(1, 29)}日" for _ in range(3)),
        "money": (f"{random.randrange(1, 900)}.{random.randrange(10, 99)}",),
    }
