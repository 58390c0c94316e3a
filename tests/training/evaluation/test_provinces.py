from __future__ import annotations

import pytest

from training.evaluation.provinces import province_of


@pytest.mark.parametrize(
    ("agency", "province"),
    [
        ("浙江省卫生健康委员会", "浙江省"),
        ("桐乡市教育局", "浙江省"),
        ("乐山市卫生健康委员会", "四川省"),
        ("上海市人民政府办公厅", "上海市"),
        ("南京市鼓楼区教育局", "江苏省"),
        ("鼓楼区教育局", ""),
        ("", ""),
        ("国家税务总局", ""),
    ],
)
def test_the_province_of_an_agency(agency: str, province: str) -> None:
    assert province_of(agency) == province
