# 每一页的框架，以及各页共用的部件。

brand-name = 压舱石
language-own-name = 中文

layout-skip = 跳到正文
layout-navigation = 主导航
layout-crumbs = 当前位置
layout-version = 压舱石 { $version }
layout-demonstration = 演示
layout-demonstration-as-of = 时钟固定在 { $date }；人物、企业和数字均为虚构
layout-as-of = 数据截至 { $moment }

sign-out = 退出

pager-previous = 上一页
pager-next = 下一页
filters-submit = 筛选
errors-title = 有 { $count } 处需要改正
field-optional = 可不填
table-export = 导出
chart-twin = 以表格查看
