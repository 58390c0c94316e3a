"""Every error that a user can meet, numbered, each with its remedy.

E1xx: the file cannot be read. E2xx: it was read and is no report that can be decided. E3xx: wrong
use or a broken installation. A code, once published, keeps its meaning.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorKind:
    code: str
    what: str
    """What is wrong; may hold {placeholders} filled by `GoujiError`."""
    remedy: str


E101 = ErrorKind("E101", "文件不存在或无法打开：{reason}", "检查路径和读取权限")
E102 = ErrorKind("E102", "文件是空的", "重新下载或重新导出该文件")
E103 = ErrorKind("E103", "文件太大：{size} 字节，上限 {limit} 字节", "拆分文件，或在配置中调高 max_bytes")
E104 = ErrorKind("E104", "不支持的文件格式：{found}", "转换为 PDF、DOCX、HTML、XLSX 或文本后再试")
E105 = ErrorKind("E105", "文件损坏或不完整：{reason}", "重新下载或重新导出该文件")
E106 = ErrorKind("E106", "文件已加密或有密码保护", "去除密码后再试")
E107 = ErrorKind("E107", "压缩内容异常膨胀（疑似压缩炸弹）：{reason}", "不要打开该文件；向来源核实")
E108 = ErrorKind("E108", "XML 含有实体声明或外部引用，拒绝解析", "不要打开该文件；向来源核实")
E109 = ErrorKind(
    "E109", "读取该格式需要 LibreOffice，本机没有找到", "安装 LibreOffice（命令 soffice），或先转换为 DOCX"
)
E110 = ErrorKind("E110", "处理超过 {seconds} 秒，已中止", "调高 --timeout，或检查文件是否异常")
E111 = ErrorKind("E111", "处理所需内存超过 {limit} MB，已中止", "调高 --memory-limit，或检查文件是否异常")
E112 = ErrorKind("E112", "文件只有图片，而图片不在文件里或太小", "把网页连同图片一起保存，或取得原图后再试")
E113 = ErrorKind("E113", "LibreOffice 转换失败：{reason}", "用 LibreOffice 打开检查，或先转换为 DOCX")
E114 = ErrorKind("E114", "页数太多：{pages} 页，上限 {limit} 页", "拆分文件后再试")
E115 = ErrorKind("E115", "OCR 模型无法载入：{reason}", "重新安装 gouji；或检查 configs/ocr.yaml 中的 weights")
E116 = ErrorKind("E116", "这台机器不能用 {device} 运行 OCR：{reason}", "改用 --device cpu，或安装 onnxruntime-gpu")
E117 = ErrorKind("E117", "处理该文件的进程两次被系统终止", "单独用 gouji read 打开它；或在内存更大的机器上重试")
E118 = ErrorKind("E118", "不是报告，没有打开：{reason}", "无需处理；若确是报告，改名后再试")
E201 = ErrorKind("E201", "不是政府信息公开工作年度报告：没有找到年报的表格或各部分标题", "确认文件内容")
E202 = ErrorKind("E202", "是 2008-2018 年旧版统计表，目前不支持", "只支持 2019 年及以后的年报格式")
E301 = ErrorKind("E301", "没有这个字段：{field}", "字段写作 表.行.列，例如 t3.new.total；全部字段见 docs/record.md")
E302 = ErrorKind("E302", "配置文件有误：{reason}", "对照 configs/ 下的示例修改")
E303 = ErrorKind("E303", "标准答案文件有误：{reason}", "对照 docs/record.md 中的 gold 格式修改")
E304 = ErrorKind("E304", "无法写出结果：{reason}", "检查路径、权限和磁盘空间")
E305 = ErrorKind("E305", "记录文件有误或版本不符：{reason}", "用本版本的 gouji read --json 重新生成")
E306 = ErrorKind("E306", "另一个 gouji ingest 正在写 {reason}", "等它结束，或换一个 --out")
E307 = ErrorKind("E307", "不能在 Ray 上运行：{reason}", "检查 --address 和集群，或不用 --engine ray")
E401 = ErrorKind(
    "E401", "Label Studio 没有应答：{reason}", "检查 --url 和网络；没有服务器时先运行 gouji annotate up"
)
E402 = ErrorKind(
    "E402", "Label Studio 不接受这个令牌", "在它的账户页取令牌，用 --token 或环境变量 GOUJI_LABEL_STUDIO_TOKEN 给出"
)
E403 = ErrorKind("E403", "Label Studio 拒绝了请求：{reason}", "检查项目和权限；服务器的日志里有详情")
E404 = ErrorKind(
    "E404", "Label Studio 没有装好或不能启动：{reason}", "见 docs/annotate.md；或用 --url 使用已有的服务器"
)
E405 = ErrorKind(
    "E405", "标注任务或答案有误：{reason}", "不要在 Label Studio 里改动任务数据；用 gouji annotate push 重新建立"
)
E901 = ErrorKind("E901", "程序内部错误：{reason}", "请附上文件报告此问题")


class GoujiError(Exception):
    """A failure with a number. `str()` is the one line that the user sees, without the file name.

    Args:
        kind: one of the kinds of this module.
        details: fills the placeholders of `kind.what`.
    """

    def __init__(self, kind: ErrorKind, **details: object) -> None:
        self.kind = kind
        self.details = details
        super().__init__(f"[{kind.code}] {kind.what.format(**details)}。{kind.remedy}")

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (self.kind, self.details))


def _rebuild(kind: ErrorKind, details: dict[str, object]) -> GoujiError:
    return GoujiError(kind, **details)


_NO_MEMORY = ("Cannot allocate memory", "bad_alloc", "Failed to allocate memory", "bad allocation")


def tells_of_memory(error: BaseException) -> bool:
    """Whether a library failed because it got no memory, which each says in its own words: then nothing is wrong with
    the file or the model, and a higher limit helps."""
    said = str(error)
    return isinstance(error, MemoryError) or any(sign in said for sign in _NO_MEMORY)
