"""The words that marking knows, in English and Chinese: what says the same, what says the opposite, what says nothing.

Every entry is matched on text in its one spelling (`spelling.normal`): lower case, Greek letters by name. Chinese entries match
anywhere, English ones whole words, with an ending (`bias*` is bias, biased, biases …) where they carry a star.
"""

from __future__ import annotations

# fmt: off
SAME: dict[str, str] = {
    # A concept and the ways to say it. The longest match wins.
    "advantage": "advantage* 优势函数 优势",
    "action": "action* 动作 行动",
    "actor": "actor* 行动者",
    "critic": "critic* 评论家 评价网络 价值网络 价值函数 value_function* value_net* value_model*",
    "value": "value* 价值 估值 状态值",
    "valuehead": "value_head* 价值头",
    "q": "q_value* q_function* action_value* q值 动作价值",
    "reward": "reward* 奖励 奖赏",
    "score": "score* scored scoring 打分 分数 得分 评分",
    "rewardmodel": "reward_model* rm 奖励模型",
    "verifier": "verifier* 验证器 判分器",
    "return": "return returns returned 回报 累计奖励 累积奖励",
    "rewardtogo": "reward_to_go rewards_to_go 后续回报 之后的回报",
    "policy": "policy policies 策略",
    "state": "state states 状态",
    "prefix": "prefix* context 前缀 上文 上下文 已生成的内容 已经写出的 已写出的 已生成",
    "prompt": "prompt* 提示词 提示 问题前缀",
    "token": "token* 词元 字",
    "completion": "completion* response* answer* output* 回答 回复 输出 生成结果",
    "sequence": "sequence* 序列 整句",
    "transition": "transition* dynamics 转移概率 状态转移 转移 环境动力学 动力学",
    "probability": "probabilit* prob probs 概率",
    "logprob": "log_prob* log_likelihood* logp logprob* 对数概率 对数似然",
    "ratio": "ratio* 比值 比率 概率比",
    "discount": "discount* 折扣因子 折扣 打折 gamma",
    "horizon": "horizon* 有效视野 视野 时间跨度",
    "expectation": "expectation* expected expect on_average 期望",
    "mean": "mean average* averaging averaged 平均值 均值 平均 取平均",
    "variance": "variance* var scatter* spread 方差",
    "bias": "bias biases 偏差",
    "deviation": "standard_deviation std deviation 标准差",
    "gradient": "gradient* grad 梯度",
    "estimate": "estimat* 估计 估算",
    "error": "error* mistake* residual* 误差 残差 错误 出错",
    "tderror": "td_error* temporal_difference_error* delta td误差 td_残差 td残差 时序差分误差",
    "td": "td temporal_difference* 时序差分",
    "mc": "monte_carlo mc full_return* complete_return* 蒙特卡洛 蒙特卡罗 完整回报",
    "bootstrap": "bootstrap* 自举 引导估计 bootstrapping",
    "target": "target* 目标值 目标",
    "baseline": "baseline* 基线 基准 参照",
    "subtract": "subtract* difference* minus less_the 减去 减掉 扣掉 扣除 减",
    "add": "add* plus sum* summing 相加 求和 累加 加上 加起来 之和 加",
    "weight": "weight* 权重 加权",
    "decay": "decay* 衰减 递减",
    "step": "step* 步 步骤",
    "nstep": "n_step* k_step* multi_step* n步 k步 多步",
    "onestep": "one_step single_step 1_step 单步 一步",
    "episode": "episode* trajector* rollout* 回合 轨迹 一局",
    "sample": "sample* sampled sampling 采样 样本 抽样",
    "terminate": "terminat* terminal 终止 真正结束",
    "truncate": "truncat* time_limit* cut_off timeout* 截断 时限 超时 到点 步数上限",
    "end": "end ends ended ending final last eos done finish* 结束 末尾 最后 结尾 终点 写完 eos",
    "start": "start* begin* beginning early 开头 起始 开始 起点 早期",
    "next": "next following successor 下一 后一 接下来 后续",
    "recursion": "recurs* backward* reverse* 递推 递归 倒序 反向 从后往前 倒着",
    "mask": "mask* 掩码 屏蔽 mask掉 遮住",
    "padding": "padding pad padded 填充",
    "normalise": "normali* standardi* whiten* rescal* 归一化 标准化",
    "kl": "kl kullback_leibler kl散度 kl惩罚 散度",
    "penalty": "penalt* penali* 惩罚 罚项",
    "reference": "reference* ref 参考模型 参考策略 参考",
    "entropy": "entropy 熵",
    "explore": "explor* 探索",
    "greedy": "greed* 贪心",
    "behaviour": "behavio* 行为策略 行为",
    "importance": "importance_sampl* importance_weight* 重要性采样 重要性权重 重要性",
    "learningrate": "learning_rate* step_size* lr alpha 学习率 步长",
    "converge": "converg* 收敛",
    "contraction": "contract* banach 压缩映射 压缩",
    "fixedpoint": "fixed_point* 不动点",
    "unique": "unique* only_one exactly_one single sole one_solution 唯一 只有一个 只此一个",
    "bellman": "bellman 贝尔曼",
    "optimal": "optimal* optimum best 最优 最好",
    "max": "max maximum maxim* maximis* 最大值 最大化 取最大 取max",
    "min": "min minimum minim* 最小值 最小化",
    "regress": "regress* fit fits fitted fitting 回归 拟合",
    "explainedvariance": "explained_variance 解释方差",
    "group": "group* 组内 组 同组",
    "leaveoneout": "leave_one_out rloo 留一",
    "bandit": "bandit* 老虎机",
    "credit": "credit* 信用分配 功劳 归因",
    "markov": "markov* memoryless 马尔可夫性 马尔可夫 无后效性 无记忆",
    "history": "history past 历史 过去 之前的",
    "future": "future 未来 将来 以后",
    "softmax": "softmax",
    "parameter": "parameter* theta 参数",
    "environment": "environment* 环境",
    "distribution": "distribution* 分布",
    "seed": "seed seeds 随机种子 种子",
    "memory": "memory vram 显存 内存",
    "loss": "loss losses 损失 loss",
    "objective": "objective* 目标函数",
    "update": "updat* 更新",
    "train": "train* 训练",
    "clip": "clip* 裁剪 截断比率",
    "batch": "batch* minibatch* 批次 批",
    "length": "length* 长度",
    "constant": "constant* 常数 常量",
    "model": "model* 模型",
    "prefer": "prefer* 偏好 偏爱 倾向",
    "trade": "trade_off* tradeoff* compromise* interpolat* balanc* 折中 取舍 权衡 平衡",
    "horizonend": "autoreset 自动重置",
    "observation": "observation* 观测",
    "clock": "clock timer 时钟 剩余时间",
    "noisefree": "noise_free 无噪声",
    "scale": "scale* magnitude 尺度 量级 幅度",
    "collapse": "collaps* 塌缩 坍塌 崩塌",
    "collect": "collect* generat* 采集 收集 生成",
    "off": "shift* offset* 偏移 平移",
    # Fine-tuning and alignment.
    "chosen": "chosen preferred winner* winning 被选中 被选 胜者 胜出 好回答 正样本",
    "rejected": "rejected dispreferred loser* losing 被拒绝 被拒 落选 差回答 负样本",
    "pair": "pair pairs pairwise 成对 配对 偏好对",
    "implicit": "implicit* 隐式 隐含",
    "explicit": "explicit* 显式",
    "closedform": "closed_form analytic* 闭式解 闭式 解析解 解析",
    "partition": "partition_function* normalizing_constant* normalising_constant* 配分函数 归一化常数",
    "sigmoid": "sigmoid logistic",
    "margin": "margin* gap gaps 间隔 差距",
    "human": "human* annotator* labeler* labeller* rater* 人类 人工 标注员 标注者 标注人员",
    "hack": "reward_hack* hack* exploit* loophole* cheat* 奖励欺骗 奖励作弊 奖励黑客 钻空子 刷分 作弊",
    "overoptimise": "over_optimi* overoptimi* goodhart* 过度优化 过优化",
    "proxy": "proxy 代理奖励 代理",
    "gold": "gold true_reward* 真实奖励 金标",
    "bestofn": "best_of_n bon rejection_sampl* 拒绝采样",
    "dataset": "dataset* data 数据集 数据",
    "online": "online 在线",
    "offline": "offline 离线",
    "rank": "rank ranks 秩",
    "ranking": "ranking* ranked 排序 排名",
    "adapter": "adapter* 适配器",
    "quantise": "quanti* 量化",
    "trustregion": "trust_region* 信任域 信赖域",
    "verbose": "verbos* long_winded 冗长 啰嗦",
    "hallucinate": "hallucinat* 幻觉",
    "forget": "forget* catastrophic* 灾难性遗忘 遗忘",
    "format": "format* 格式",
    "rule": "rule rules rule_based verifiable 规则奖励 规则 可验证",
    "majority": "majority vote* voting self_consisten* 多数投票 投票 自洽",
    "process": "process_reward* process_supervis* prm 过程奖励 过程监督",
    "outcome": "outcome* orm 结果奖励 结果监督",
    "teacher": "teacher* 教师模型 教师 老师",
    "student": "student* 学生模型 学生",
    "softlabel": "soft_label* soft_target* 软标签 软目标",
    "unseen": "out_of_distribution ood unseen unsupported 分布外 没见过 未见过 没出现过",
    "extrapolate": "extrapolat* 外推",
    "clone": "clone* cloning imitat* 行为克隆 克隆 模仿",
    "constrain": "constrain* 约束 受限",
    "diverse": "divers* 多样性 多样",
    "difficulty": "difficult* hard_prompt* hard_question* 难度 难题",
    "infinite": "infinit* endless 无穷 无限 发散",
    "cancel": "cancel* vanish* drop_out 抵消 消掉 约掉 消失 裂项相消",
}
POLES: dict[str, tuple[str, str]] = {
    # A quality, what says that it is there or large, and what says that it is not. `size` words bear on the word beside them.
    "size": (
        "more higher high larger large bigger big greater increase* increasing rise* rising rose grow* grew raise* enlarge* amplif* strong* heavy huge much most biggest largest highest "
        "还要高 还要大 还高 还大 增大 变大 增加 增高 升高 上升 变高 更大 更高 更多 提高 提升 很大 较大 越大 偏大 偏高 放大 加大 调大 最大 最高 最多 变多 大 高 多 涨 升 强",
        "less lower* low smaller small fewer decreas* reduc* shrink* shrank drop* fall* fell lessen* weak* little least cut cuts smallest lowest tiny "
        "还要低 还要小 还低 还小 减小 变小 降低 减少 下降 变低 更小 更低 更少 很小 较小 越小 偏小 偏低 缩小 调小 压低 变少 最小 最低 最少 小 低 少 降 弱",
    ),
    "bias": (
        "biased systematic* skew* pulled_off led_astray 有偏 带偏 跑偏 带歪 走偏 偏掉 偏了 弄偏 歪了 歪 系统误差 系统性 有偏差 偏差大",
        "unbias* bias_free 无偏 不偏",
    ),
    "variance": (
        "noisy noisier noise jump* jitter* fluctuat* wild* 噪声 噪音 抖动 抖 波动 震荡 乱跳",
        "stable stabl* steady steadier smooth* quiet* calm* 稳定 平稳 稳",
    ),
    "always": (
        "always guarantee* invariably without_exception in_every_case certainly 总是 必然 一定会 肯定 永远 必定 保证 无论如何都",
        "usually often sometimes mostly typically not_always 通常 往往 不一定 未必 多数情况 大多数情况 个别情况",
    ),
    "onpolicy": ("on_policy 同策略 在策略 同轨", "off_policy 异策略 离策略 离轨"),
    "random": ("random* stochastic* chance 随机", "determinist* certain 确定性 确定的 确定"),
    "same": ("same identical alike 相同 一样 相等 同一个 同一", "differ differs different* differing unequal another 不同 不一样 不相等"),
    "depend": ("depend* relies rely 依赖 取决于", "independent* 无关 独立 不依赖 不取决于"),
    "exact": ("exact* accurate* perfect* right correct* true 精确 准确 正确 真实 准", "wrong* inaccurate* imperfect* incorrect* 不准 不准确 不精确 错的"),
    "before": ("before prior earlier 之前 以前", "after afterwards later 之后 以后"),
    "linear": ("linear* 线性", "nonlinear* non_linear* 非线性"),
    "stable": ("converges_safely", "unstable unstabl* instab* 不稳定 发散"),
    "known": ("known know knows given 已知", "unknown 未知"),
    "connected": ("connect* 连接 连通 相连", "disconnect* separat* 断开 分开"),
    "closed": ("closed close complete 闭合 关闭", "open opened incomplete 打开 断路"),
    "positive": ("positive* 正的 正", "negative* 负的 负"),
    "sparse": ("sparse* 稀疏", "dense* 稠密"),
    "needed": ("need* requir* must 需要 必须 要用", "needless unnecessary 不需要 不必 无需 用不着"),
    "modelfree": ("model_free 无模型 免模型", "model_based 基于模型 有模型"),
    "frozen": ("frozen freeze* 冻结", "trainable 可训练"),
    "overestimate": ("overestimat* over_estimat* overvalu* optimis* 高估 过估计 乐观", "underestimat* under_estimat* undervalu* pessimis* 低估 悲观"),
    "fast": ("fast* quick* 快", "slow* 慢"),
    "possible": ("can possible able 能 可以 可能", "cannot impossible unable 不能 不可能 无法"),
}
SIZED = (
    # What can be large or small: a size beside several terms bears on one of these.
    "variance bias error value q reward score return advantage entropy kl learningrate probability lambda discount ratio length memory loss "
    "penalty horizon deviation scale explore size"
)
SYMBOLS = "lambda discount nstep n k t learningrate ratio probability beta epsilon rho alpha temperature"
# After these, `one` and 一 are numbers.
NUMBERS = (
    "zero=0 零=0 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 ten=10 hundred=100 half=0.5 "
    "两=2 三=3 四=4 五=5 六=6 七=7 八=8 九=9 十=10 百=100"
)
CHANGES = (
    # Of the sizes those that compare or say that something moves: `lowers the variance` is not denied by `the variance is high`.
    "more higher larger greater bigger less lower smaller fewer 更大 更高 更多 更小 更低 更少 还要高 还要大 还高 还大 还要低 还要小 还低 还小 反而大 反而小 "
    "increase* increasing rise* rising rose grow* grew raise* enlarge* amplif* decreas* reduc* shrink* shrank drop* fall* fell lessen* lower* cut cuts "
    "增大 变大 增加 升高 上升 变高 提高 提升 放大 加大 调大 变多 涨 升 减小 变小 降低 减少 下降 变低 缩小 调小 压低 变少 降"
)
EQUALS = "equal equals 等于"
GONE = "gone vanish* disappear* 没了 没有了 消失 不见了 为零 归零"
# A denial that stands behind what it denies.
NEGATIONS = (
    "not n't no none nobody never without neither nor isn't aren't doesn't don't won't can't isnt doesnt dont cant rather_than instead_of "
    "hardly barely free_of lacks lack 不 没有 没 无 未 非 并非 不是 不会 不用 别 而不是 没法"
)
NEUTRAL = (
    # They look like a negation or a size and are none.
    "not_only not_just no_matter no_wonder no_doubt not_to_mention more_or_less at_least at_most less_than_or_equal as_well_as much_like once_more "
    "不仅 不但 不只 不光 不过 不论 不管 无论 没错 不断 差不多 不妨 要不 大模型 大量 得多 大概 大致 大家 多少 至少 至多 最多 高斯 多次 多个 多了 很多 许多 小心 少不了 "
    "不是说 是不是 能不能 有没有 要不要 好不好 对不对 会不会 降级 强化学习 强化 大部分 大多数 多数 升级 非常 无非 无所谓 没问题 多臂 "
    "higher_order high_level low_level low_rank"
)
EMPTY = (
    "a an the this that these those it its is are was were be been being am do does did done have has had having i you we they he she "
    "of in on at to for from by with as into onto about over under and or but so then than if when while which who whom whose what how "
    "why where there here also just very really quite too only even still again such some any all each every both other others own "
    "one thing things way ways kind get gets got make makes made go goes going come comes take takes will would can could should may might "
    "shall let us me my your our their his her basically actually well like say says said mean means call called use uses used using "
    "because since therefore thus hence though although however i'm it's that's there's we're you're they're im s t re ve ll d m "
    "up down out off per via etc eg ie ok okay yes yeah um uh er"
)
EMPTY_HAN = "的了是在和与及或就也都而其此这那个们着过地得把被给对从到向以为于之所则但并且又再还很只才让使将会要想说讲看做有中里上下内外时候样种些什么怎哪吗呢吧啊嗯呃哦它他她我你您自己如果因为所以那么然后其实就是一取等"
# fmt: on
