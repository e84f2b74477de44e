"""What the columns of a list are, by their names, and what kind of list they make."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.club.errors import ClubError
from bot.i18n import N_

MEMBERS, POINTS, PURCHASES = KINDS = ("members", "points", "purchases")

# The names of each column as shops write them, in small letters and simplified characters.
NAMES: dict[str, tuple[str, ...]] = {
    "number": ("member number", "member no", "member id", "会员号", "会员编号", "会员号码"),
    "account": ("account", "账号", "帐号"),
    "name": (
        "name", "full name", "first name", "customer", "customer name", "member name", "nickname", "nick",
        "姓名", "名字", "昵称", "客户", "客户姓名", "客户名称", "顾客", "顾客姓名", "会员姓名", "会员名称",
        "会员昵称", "会员", "称呼",
    ),
    "phone": (
        "phone", "phone number", "phone no", "mobile", "mobile phone", "mobile number", "cell", "cell phone",
        "tel", "telephone", "手机", "手机号", "手机号码", "电话", "电话号码", "联系电话", "联系方式",
        "移动电话", "会员手机", "行动电话",
    ),
    "email": (
        "e mail", "email", "email address", "mail", "邮箱", "电子邮箱", "电子邮件", "邮件", "信箱", "电子信箱",
    ),
    "region": ("region", "city", "town", "area", "地区", "城市", "所在地", "所在城市", "区域"),
    "qq": ("qq", "qq号", "qq number", "qq号码"),
    "wechat": ("wechat", "wechat id", "weixin", "微信", "微信号"),
    "birthday": (
        "birthday", "birth date", "date of birth", "birthdate", "dob", "生日", "出生日期", "出生年月日",
        "会员生日",
    ),
    "points": (
        "points", "point balance", "points balance", "balance", "积分", "积分余额", "剩余积分", "可用积分",
        "会员积分", "当前积分", "点数", "红利点数", "剩余点数",
    ),
    "expires": (
        "points expire", "points expire on", "points expiry", "expires", "expires on", "expiry", "expiry date",
        "valid until", "good until", "积分有效期", "有效期", "积分到期日", "到期日", "到期日期", "有效期至",
        "积分过期日", "点数到期日",
    ),
    "tags": ("tags", "tag", "labels", "标签", "客户标签", "会员标签"),
    "note": ("note", "notes", "remark", "remarks", "comment", "备注", "说明", "附注", "备考"),
    "joined": (
        "joined", "join date", "joined on", "member since", "registered", "registration date", "入会日期",
        "入会时间", "注册日期", "注册时间", "加入日期", "开卡日期", "开卡时间", "办卡日期",
    ),
    "consent": (
        "consent", "agreed", "permission", "同意", "同意书", "授权", "同意情况", "同意日期", "授权日期",
    ),
    "grade": ("grade", "level", "tier", "等级", "会员等级", "级别", "会员级别"),
    "reason": ("reason", "why", "原因", "理由", "事由", "来源", "source"),
    "key": ("key", "entry", "编码", "流水号"),
    "order": (
        "order", "order number", "order no", "order id", "receipt", "receipt number", "单号", "订单", "订单号",
        "订单编号", "小票号", "销售单号",
    ),
    "total": ("total", "order total", "总额", "总金额", "订单金额", "合计", "应付", "应付金额", "消费总额"),
    "paid": ("paid", "amount paid", "实付", "实付金额", "实收", "实收金额"),
    "refunded": ("refunded", "refund", "退款", "已退款", "退款金额"),
    "amount": ("amount", "sum", "金额", "消费金额", "小计", "销售额", "消费"),
    "product": ("product", "item", "article", "goods", "商品", "产品", "商品名称", "产品名称", "品名", "货品"),
    "quantity": ("quantity", "qty", "pieces", "count", "数量", "件数"),
    "price": ("price", "unit price", "单价", "价格"),
    "date": (
        "date", "time", "day", "purchased", "purchase date", "purchased on", "order date", "ordered on", "日期",
        "时间", "消费日期", "消费时间", "购买日期", "购买时间", "下单时间", "订单日期", "订单时间", "交易时间",
        "交易日期", "销售日期",
    ),
}  # fmt: skip
TRADITIONAL = str.maketrans(
    "員號碼編電話聯絡繫積點餘額歷單訂總應實數產備註標籤級會貨購買價費時間顧暱稱郵區開辦動機當說銷權過紅來帳簽類",
    "员号码编电话联络系积点余额历单订总应实数产备注标签级会货购买价费时间顾昵称邮区开办动机当说销权过红来账签类",
)
WHO = ("phone", "number", "account")  # any of them says whose a row is
SUMS = ("total", "paid", "amount")
ONLY_MEMBERS = ("birthday", "email", "region", "qq", "wechat", "tags", "note", "joined", "consent", "grade")
ONLY_POINTS = ("reason", "date", "key")
USED = {  # what each kind takes over; a name beside a number says that it is the right one
    MEMBERS: ("name", *WHO, "points", "expires", *(name for name in ONLY_MEMBERS if name != "grade")),
    POINTS: ("name", *WHO, "points", "expires", *ONLY_POINTS),
    PURCHASES: ("name", *WHO, *SUMS, "order", "refunded", "product", "quantity", "price", "date"),
}
LONGEST = 40  # characters of a column's name as it is shown
NONE = "none"  # of the columns it is


class NoColumns(ClubError):
    """A file of whose columns none is known."""

    says = N_("I know none of the columns. Their names stand in row 1, such as name, phone, birthday, points.")


class NoColumn(ClubError):
    """A list that lacks a column which its kind needs."""

    says = N_("A list of this kind needs a column “{column}”, and I found none.")


@dataclass(frozen=True, slots=True)
class Question:
    """What must be asked of a list: which of some columns a field is, or of which kind it is (`kind`)."""

    about: str
    choices: tuple[tuple[str, str], ...]  # the answer, and the column's name
    may_be_none: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """A list's columns: its kind, which field is in which column, those left aside, and what must be asked first."""

    kind: str
    at: dict[str, int]
    many: int
    unused: tuple[str, ...] = ()
    question: Question | None = field(default=None)


def plain(name: str) -> str:
    """A column's name as two are compared: small, simplified, without signs and what stands in brackets."""
    text = unicodedata.normalize("NFKC", name).casefold().translate(TRADITIONAL)
    text = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", " ", text.replace("【", "[").replace("】", "]"))
    return " ".join(re.sub(r"[^\w]|_", " ", text).split())


_FIELDS = {plain(name): found for found, names in NAMES.items() for name in names}


def recognise(header: Sequence[str], answers: Mapping[str, str]) -> Columns:
    """What a list's columns are. `answers` are those to earlier questions, by what was asked.

    Raises NoColumns, NoColumn.
    """
    found: dict[str, list[int]] = defaultdict(list)
    for column, name in enumerate(header):
        if known := _FIELDS.get(plain(name)):
            found[known].append(column)
    if not found:
        raise NoColumns
    taken = {column for columns in found.values() for column in columns}
    spare = [column for column, name in enumerate(header) if column not in taken and name.strip()]
    for about, answer in answers.items():
        if about != "kind":
            found[about] = [int(answer)] if answer != NONE and int(answer) < len(header) else []
    kind = answers.get("kind") or _kind({name for name, columns in found.items() if columns})
    question = _question(kind, found, spare, header, answers)
    at = {name: columns[0] for name, columns in found.items() if columns and name in USED.get(kind, ())}
    unused = [name for column, name in enumerate(header) if name.strip() and column not in at.values()]
    return Columns(kind, at, len(header), tuple(name[:LONGEST] for name in unused), question)


def _kind(fields: set[str]) -> str:
    """The kind of a list, an empty text where it may be of two."""
    if fields & {"order", *SUMS}:
        return PURCHASES
    if "points" not in fields or fields & set(ONLY_MEMBERS):
        return MEMBERS
    if fields & set(ONLY_POINTS):
        return POINTS
    return MEMBERS if "name" in fields else ""


def _question(
    kind: str, found: Mapping[str, list[int]], spare: list[int], header: Sequence[str], answers: Mapping[str, str]
) -> Question | None:
    """What must be known before the list can be read. Raises NoColumn."""
    if not kind:
        return Question("kind", ((MEMBERS, ""), (POINTS, "")))
    for name, columns in found.items():
        if len(columns) > 1 and name in USED[kind]:
            return Question(name, _choices(columns, header))
    for needed in _needed(kind):
        if any(found.get(name) for name in needed):
            continue
        if not spare or needed[0] in answers:
            raise NoColumn(column=needed[0])
        return Question(needed[0], _choices(spare, header), may_be_none=False)
    if kind == MEMBERS and not any(found.get(name) for name in WHO) and spare and "phone" not in answers:
        return Question("phone", _choices(spare, header), may_be_none=True)
    return None


def _needed(kind: str) -> tuple[tuple[str, ...], ...]:
    """The columns that a kind needs: of each group one."""
    return {
        MEMBERS: (("name", *WHO),),
        POINTS: (WHO, ("points",)),
        PURCHASES: (WHO, SUMS, ("date",)),
    }[kind]


def _choices(columns: Sequence[int], header: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((str(column), header[column].strip()[:LONGEST]) for column in columns)
