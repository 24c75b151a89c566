# 文件导入：何处有误，以及文件的处理结果。

import-part = { $part }：{ $detail }
import-cell = 第 { $row } 行，{ $column } 列：{ $detail }
import-row = 第 { $row } 行：{ $detail }
import-file = 文件：{ $detail }
import-more = …… 另有 { $count } 处

import-rejected = 共 { $count } 处错误：未作任何改动
import-tried = 可导入 { $count } 行；尚未作任何改动：请加 --commit 再次运行
import-done = 已导入 { $count } 行
