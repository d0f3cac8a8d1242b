"""Generated sheets of orders: the same number gives the same sheet; no real person or place is in them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

BEGIN = datetime(2025, 11, 1)  # noqa: DTZ001 wall time, as in a sheet
KINDS = (
    "物业管理",
    "停车",
    "施工扰民",
    "违法建设",
    "退费",
    "消费纠纷",
    "供水供电",
    "道路交通",
    "环境卫生",
    "社会治安",
)
CLAIMS = ("投诉", "投诉", "投诉", "举报", "咨询", "求助", "建议")
HEADERS = {
    "no": "工单编号", "received": "受理时间", "channel": "渠道", "name": "诉求人", "phone": "电话",
    "subject": "被反映方", "kind": "类别", "claim": "诉求类型", "content": "内容", "place": "地点",
    "unit": "承办单位", "dispatched": "派单时间", "responded": "响应时间", "closed": "办结时间",
    "called_back": "回访时间", "evidence": "留痕齐全", "resolved": "是否解决", "satisfied": "满意度",
    "excluded": "剔除原因",
}  # fmt: skip


def rows(number: int, seed: int = 1) -> pl.DataFrame:
    """`number` orders of one year as texts, the columns as a sheet has them."""
    n = pl.int_range(number, eager=True)

    def pick(salt: int, values: tuple[Any, ...]) -> pl.Series:
        places = n.hash(seed * 100 + salt) % len(values)
        return places.replace_strict(list(range(len(values))), list(values), return_dtype=pl.String)

    def minutes(salt: int, most: int) -> pl.Series:
        return (n.hash(seed * 100 + salt) % most).cast(pl.Int64)

    received = pl.Series([BEGIN]).new_from_index(0, number) + pl.Series(
        minutes(1, 365 * 1440) * 60_000_000
    ).cast(pl.Duration("us"))
    frame = pl.DataFrame({"n": n, "received": received}).with_columns(
        dispatched=pl.col("received") + pl.Series(minutes(2, 180)) * timedelta(minutes=1),
    )
    frame = frame.with_columns(
        responded=pl.col("dispatched") + pl.Series(minutes(3, 60)) * timedelta(minutes=1)
    )
    frame = frame.with_columns(
        closed=pl.col("responded") + pl.Series(minutes(4, 7200)) * timedelta(minutes=1)
    )
    frame = frame.with_columns(
        called_back=pl.col("closed") + pl.Series(minutes(5, 2880)) * timedelta(minutes=1)
    )
    tenth = minutes(6, 10)
    times = {
        name: pl.when(tenth >= floor).then(pl.col(name).dt.strftime("%Y-%m-%d %H:%M:%S")).otherwise(None)
        for name, floor in (
            ("received", 0),
            ("dispatched", 0),
            ("responded", 1),
            ("closed", 2),
            ("called_back", 4),
        )
    }
    answered = tenth >= 4
    return frame.select(
        pl.format("2026{}", pl.col("n").cast(pl.String).str.zfill(8)).alias("no"),
        times["received"],
        pick(7, ("电话", "网络", "随手拍", "来访")).alias("channel"),
        pick(8, ("张某", "王某", "李某", "赵某", "陈某")).alias("name"),
        pl.format("139{}", pl.Series(minutes(9, 60_000_000)).cast(pl.String).str.zfill(8)).alias("phone"),
        pl.format("{}第{}号", pick(10, ("商场", "小区", "工地", "门店")), minutes(11, 400)).alias("subject"),
        pick(12, KINDS).alias("kind"),
        pick(13, CLAIMS).alias("claim"),
        pl.format("反映{}问题，要求尽快处理，第{}次记录", pick(12, KINDS), pl.col("n")).alias("content"),
        pl.format("第{}街道", pl.Series(minutes(14, 40))).alias("place"),
        pl.format("第{}承办单位", pl.Series(minutes(15, 60))).alias("unit"),
        times["dispatched"], times["responded"], times["closed"], times["called_back"],
        pick(16, ("是", "是", "是", "否")).alias("evidence"),
        pl.when(answered).then(pick(17, ("是", "是", "否"))).otherwise(None).alias("resolved"),
        pl.when(answered).then(pick(18, ("满意", "基本满意", "不满意"))).otherwise(None).alias("satisfied"),
        pl.when(pl.Series(minutes(19, 20)) == 0).then(pl.lit("诉求不合理")).otherwise(None).alias("excluded"),
    ).rename(HEADERS)  # fmt: skip


def sheet(number: int, path: Path) -> Path:
    """A CSV file of `number` orders."""
    rows(number).write_csv(path, include_bom=True)
    return path
