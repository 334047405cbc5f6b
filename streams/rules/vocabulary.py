"""What offices write, as the few words that rules speak of: ranks, levels, functions of apps, traces, titles of a series.

Pure. Flows in: texts of events, Chinese or English. Flows out: words of the columns; None where a text does not say, so that it accuses nobody.
Words are matched whole (English) or as exact terms (Chinese): "information" holds no "form", and a criterion that forbids traces rewards none.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

PRINCIPAL, DEPUTY, EITHER = "principal", "deputy", "either"
_ALTERNATIVE: Final = re.compile(r"或者|或是|或|/|\bor\b|均可|皆可")
_NOT_ASKED: Final = re.compile(
    r"(不|无需|无须|毋需|免)(得|再|作|必|强制|硬性)?(要求|需|须|用)?[^，,；;。]{0,6}(主要负责|主要领导|一把手|正职|书记|长)|除[^，,；;。]*外"
)
_REPLACED: Final = re.compile(r"委托|委派|代为|代替|可由|可派|派员|指定专人|delegate|substitute")
_HEADS: Final = re.compile(
    r"主要(负责(人|同志)|领导)|一把手|(?<!不是)正职|党政正职|\b(principals?|heads?|mayor|party secretary|county head|township head)\b"
)
_POSTS: Final = re.compile(
    r"(?<!副)(?:(?:[省市县区旗州盟地]|自治[区州县旗])委|(?:乡镇|镇|乡|街道|村|社区|机关)?(?:党委|党工委|党组|党总支|党支部|党组织))书记"
    r"|(?<![副小社片网])(?:省|市|县|区|旗|州|盟|镇|乡|乡镇)长(?!助理)"
    r"|(?<![副助])(?:局长|厅长)(?!助理)|(?:街道|街道办|办事处|村委会|村|社区|居委会|管委会)主任(?!助理)|村支书"
)
_CHAIRS: Final = re.compile(
    r"(?<!副)书记|(?<![副小社片网组队站所科处股])(?:省|市|县|区|旗|州|盟|镇|乡|局|厅|部|院|校|会|署|行|检察|总)长(?!助理)|(?<!副)(?:主任|主席|理事长)(?!助理)"
    r"|\b(secretary|chair(man|woman)?|director|chief)\b"
)
_DEPUTIES: Final = re.compile(r"副|分管|助理|班子成员|\b(deputy|deputies|vice|assistant)\b")


def plain(text: str) -> str:
    """A text in one width and case, without blanks at its ends."""
    return unicodedata.normalize("NFKC", text).strip().lower()


@lru_cache(maxsize=16_384)
def rank_demanded(text: str | None) -> str | None:
    """Whom a text demands: the principal, the deputy, either of them, or what it says; a principal only where nobody may come instead."""
    if not text or not text.strip():
        return None
    said = plain(text)
    if _NOT_ASKED.search(said):
        return EITHER
    parts = [part for part in _ALTERNATIVE.split(said) if part.strip()]
    heads = [bool(_HEADS.search(part) or _POSTS.search(part)) for part in parts]
    if any(heads):
        alone = len(parts) == 1 and not _ALTERNATIVE.search(said)
        return PRINCIPAL if (alone or all(heads)) and not _REPLACED.search(said) else EITHER
    return DEPUTY if _DEPUTIES.search(said) else said


@lru_cache(maxsize=16_384)
def rank_presiding(text: str | None) -> str | None:
    """Who presides: a principal where any post named may be one, a deputy where the text says so, else what it says."""
    if not text or not text.strip():
        return None
    said = plain(text)
    if _HEADS.search(said) or _CHAIRS.search(said):
        return PRINCIPAL
    return DEPUTY if _DEPUTIES.search(said) else said


_LEVELS: Final = (
    ("village", re.compile(r"村|社区|居委|\bvillages?\b")),
    ("township", re.compile(r"乡|镇|街道|\btownships?\b|\btowns?\b")),
    ("prefecture", re.compile(r"地级?市|设区的?市|地市|市州|地区|自治州|盟|^市级?$|\bprefectures?\b|^city$")),
    ("county", re.compile(r"县|区级|市辖区|^区$|^旗|县级市|\bcount(y|ies)\b")),
    ("province", re.compile(r"省|自治区|直辖市|\bprovinces?\b")),
    ("centre", re.compile(r"中央|国家级?|部委|全国|\bcentre\b|\bcentral\b|\bnational\b")),
)


@lru_cache(maxsize=4_096)
def level_named(text: str | None) -> str | None:
    """The level that a text names, the lowest of several; None where it names none."""
    if not text:
        return None
    said = plain(text)
    if "县级市" in said or "市辖区" in said:
        return "county"
    return next((level for level, words in _LEVELS if words.search(said)), None)


_FORMS: Final = re.compile(
    r"^(forms?|form[-_ ]?filling|reports?|reporting|data[-_ ]?collection)$|填报|填表|报表|报数|表单|表格填"
    r"|(数据|信息)(上报|采集|报送)|统计报送"
)
_SCORES: Final = re.compile(
    r"^(check[-_ ]?ins?|points?|online[-_ ]?time|likes?|forwards?|ranking|leaderboard)$"
    r"|打卡|签到|积分|在线时长|使用时长|学习时长|^时长|点赞|转发|活跃度|排行榜|^排名|晒(图|照)"
)
_REFUSED: Final = re.compile(r"^(不|无|没有|禁止|取消|关闭|停用|已?下线|no |without )")


def _has(pattern: re.Pattern[str], function: str) -> bool:
    said = plain(function)
    return bool(pattern.search(said)) and not _REFUSED.search(said)


def collects_forms(function: str) -> bool:
    """Whether a function of an app collects forms."""
    return _has(_FORMS, function)


def keeps_score(function: str) -> bool:
    """Whether a function of an app counts check-ins, points, time, likes or forwards."""
    return _has(_SCORES, function)


_TRACES: Final = re.compile(
    r"^(photos?|video|screenshots?|track|ledgers?|notes|signatures?)$"
    r"|^(现场|工作|会议|活动)?(照片|拍照|图片|影像|视频|录像|截图|截屏|轨迹|定位|台账|笔记|学习笔记|心得体会|签字|签名|痕迹|留痕)(资料|材料|佐证|上传|打卡)?$"
)


@lru_cache(maxsize=4_096)
def is_trace(demand: str) -> bool:
    """Whether a demanded thing is a trace: photo, video, screenshot, track, ledger, notes, signature."""
    return bool(_TRACES.search(plain(demand)))


_REWARDS: Final = re.compile(
    r"\b(traces?|media)\b|留痕|痕迹|照片|台账|笔记|简报|(?<![新融自全])媒体(?!中心|平台管理)"
    r"|(获|得到|获得|受到|领导|主要领导|省级|市级|县级|上级)[^，。；]{0,8}批示|批示(数|次数|件数|加分|情况统计)|^批示$"
)
_FORBIDS: Final = re.compile(
    r"不得|不以|不再|不要求|不应|不准|不搞|不看|不将|不把|禁止|严禁|无需|无须|减少|避免|防止|防范|杜绝|整治|纠治|治理|取消|清理|压减|精简|过度|是否存在|有无|没有|减负"
    r"|\b(no|not|without|avoid|reduce|never|excessive|fewer|less)\b"
)
_CARRIED_OUT: Final = re.compile(
    r"(落实|贯彻|学习|办理|传达|执行)[^，。；]{0,20}批示|指示批示|批示精神|批示(要求)?(落实|贯彻|办理)"
)


@lru_cache(maxsize=16_384)
def rewards_traces(criterion: str) -> bool:
    """Whether a criterion rewards traces, instructions of leaders or media pieces; one that forbids them, or asks what was done, does not."""
    said = plain(criterion)
    return bool(_REWARDS.search(said)) and not _FORBIDS.search(said) and not _CARRIED_OUT.search(said)


_SERIAL: Final = re.compile(
    r"第?\s*[0-9０-９〇一二三四五六七八九十百]+\s*(期|号|次|周|季度?|年度?|月份?|日|届|轮|批)|[一二三四1-4]季度|[上下]半年|[上中下]旬|"
    r"简报|周报|月报|日报|季报|年报|动态|快讯|通讯|专报|信息摘报|要情|每[日周月]|\d{4}[-./]\d{1,2}"
)


@lru_cache(maxsize=65_536)
def is_serial(title: str) -> bool:
    """Whether a title says that it is one of a series in time (第2期, 3月, 周报), not one part of a whole."""
    return bool(_SERIAL.search(title))
