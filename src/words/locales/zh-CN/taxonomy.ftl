# 职业和技能的分类。

taxonomy-credit-house = 本产品自有的服装纺织分类；其中与 ESCO 的对应关系使用欧盟委员会的 ESCO 分类。
taxonomy-credit-esco = 本服务使用欧盟委员会的 ESCO 分类。
taxonomy-credit-csco = 职业名称依据人力资源和社会保障部等发布的《中华人民共和国职业分类大典（2022 年版）》。

refusal-empty_release = 文件中没有任何职业，因此不是一个完整的版本。没有作任何更改。
