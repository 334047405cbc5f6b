"""The language of the simulated stream: what each line speaks about, and how titles are made of it.

Pure. Flows in: nothing. Flows out: tuples of Chinese words. None of them holds a quote, a backslash or a secrecy mark, so that they may
stand in JSON as they are. They are common knowledge of what such bodies deal with, taken from no real document.
"""

from __future__ import annotations

from typing import Final

_SUBJECTS: Final = """
office 政务公开 重点工作任务落实 政府工作报告任务分解 值班值守 营商环境优化 民生实事办理 政务服务事项梳理 建议提案办理
party-office 党务公开 重要会议精神学习贯彻 机要通信保障 党内规范性文件清理 督促落实台账 信息报送 基层减负 保障协调
organization 党员发展 基层党组织换届 干部教育培训 村党组织书记轮训 党费收缴 人才引进 驻村工作队管理 公务员平时考核
publicity 理论学习中心组学习 文明实践活动 新闻宣传 文化惠民 网络舆情引导 社会主义核心价值观宣传 农家书屋管理 全民阅读
discipline 群众身边不正之风整治 警示教育 廉政风险排查 乡村振兴领域监督 基层监督力量整合 作风建设 案例通报学习
united-front 民族团结进步宣传 侨情调查 新的社会阶层人士联谊 民营经济代表人士走访 宗教场所联系 港澳台联络
political-legal 平安建设 矛盾纠纷排查化解 网格化服务管理 反诈宣传 严重精神障碍患者管理 铁路护路 扫黑除恶常态化
social-work 志愿服务 两新组织党建 社区工作者管理 小区治理 人民建议征集 行业协会党建 基层治理骨干培训
cyberspace 网络安全宣传周 政务新媒体清理 网络文明建设 个人信息保护宣传 指尖减负 关键信息基础设施摸排
development-reform 重大项目调度 节能降碳 粮食储备 价格监测 信用体系建设 以工代赈项目 五年规划编制 充电设施布局
education 义务教育招生 控辍保学 校园安全 学生资助 校外培训治理 教师轮岗交流 营养改善计划 普通话推广
science-technology 科普活动 高新技术企业培育 科技特派员选派 研发投入统计 科技成果转化 创新平台建设
industry-information 规模以上企业运行监测 技术改造 中小企业服务 数字化转型 电力保障 淘汰落后产能 工业园区管理
ethnic-religious 民族村寨保护 民族团结进步创建 宗教活动场所安全 民族政策宣传 少数民族发展资金管理
public-security 治安巡防 流动人口登记 道路交通安全劝导 禁毒宣传 养犬管理 电动自行车整治 消防隐患排查
civil-affairs 低保动态管理 养老服务 村民委员会规范化建设 临时救助 地名管理 殡葬改革 留守儿童关爱 残疾人两项补贴
justice 人民调解 法律援助 法治宣传 社区矫正 行政执法监督 法律明白人培养 公共法律服务站建设
finance 预算执行 惠农补贴发放 政府采购 村级财务管理 国有资产清查 绩效评价 三保支出 债务风险化解
human-resources 就业帮扶 根治欠薪 职业技能培训 城乡居民养老保险参保 高校毕业生就业 公益性岗位管理 返乡创业
natural-resources 耕地保护 地质灾害防治 国土变更调查 违法占地整治 村庄规划编制 不动产登记 矿山生态修复
ecology 秸秆禁烧 河流断面水质 农村生活污水治理 生态环境问题整改 散乱污企业排查 扬尘管控 噪声治理
housing-construction 自建房安全排查 老旧小区改造 农村危房改造 燃气安全 物业管理 传统村落保护 建筑工地管理
transport 农村公路养护 道路运输安全 客货邮融合 超限超载治理 桥梁安全检查 水上交通安全 公交便民
water 河长制巡河 水库安全度汛 农村饮水安全 山洪灾害防御 水土保持 节水灌溉 水费收缴
agriculture 春耕备耕 高标准农田建设 防止返贫监测 动物疫病防控 农村人居环境整治 农村集体资产管理 农机安全 粮油单产提升
commerce 消费品以旧换新 县域商业体系建设 成品油市场整治 家政服务 外贸企业联系 商圈促消费活动
culture-tourism 文物安全 公共文化服务 乡村旅游 非物质文化遗产保护 文化市场检查 群众文艺演出 应急广播管护
health 家庭医生签约 爱国卫生运动 慢性病管理 传染病防控 托育服务 计划生育家庭扶助 乡村医生管理
veterans 优抚对象年审 双拥共建 退役军人服务站建设 烈士纪念设施管护 退役士兵安置 困难退役军人帮扶
emergency 安全生产大排查 防汛抗旱 森林防火 应急演练 自然灾害风险普查 烟花爆竹管控 冬春救助 应急物资储备
audit 审计整改 村干部经济责任审计 专项资金审计 内部审计 项目竣工决算审计
market-supervision 食品安全包保 特种设备安全 药品安全宣传 农村集体聚餐管理 质量提升 个体工商户年报 校园周边食品整治
statistics 人口抽样调查 住户调查 经济普查 粮食产量抽样调查 统计法治宣传 规下企业调查 劳动力调查
medical-insurance 城乡居民医保参保 医保基金监管 门诊慢特病认定 医疗救助 长期护理保险 异地就医备案
data 数据归集共享 一张表改革 政务数据目录编制 公共数据开放 一网通办 数据质量核查 基层数据回流
petition 信访积案化解 重复信访治理 信访代办 领导干部接访下访 初次信访办理 信访工作法治化
forestry 林长制巡林 松材线虫病防治 国土绿化 野生动物保护 退耕还林补助 古树名木保护
urban-management 占道经营整治 垃圾分类 户外广告管理 市容市貌整治 共享单车停放 违法建设治理
youth-league 青年志愿者活动 少先队工作 青年就业见习 希望工程 团组织规范化 暑期关爱行动
women 家庭家教家风 妇女两癌筛查 妇女儿童维权 巾帼创业 美丽庭院 婚姻家庭纠纷调解
"""
SUBJECTS: Final[dict[str, tuple[str, ...]]] = {
    row.split()[0]: tuple(row.split()[1:]) for row in _SUBJECTS.strip().splitlines()
}
"""Subjects by line; a line that is not here speaks of GENERAL."""
GENERAL: Final = ("重点工作", "年度任务", "专项工作", "基层基础建设", "业务培训")

DOCUMENT_TITLES: Final = (
    "关于做好{s}工作的通知",
    "关于印发《{s}实施方案》的通知",
    "关于进一步加强{s}工作的通知",
    "关于开展{s}专项行动的通知",
    "关于做好{y}年{s}有关事项的通知",
    "关于扎实推进{s}工作的意见",
    "关于{s}工作有关情况的通报",
    "关于调整{s}工作安排的函",
    "关于印发《{y}年{s}工作要点》的通知",
    "关于明确{s}责任分工的通知",
    "关于{s}近期重点任务的提示函",
    "关于加快{s}工作进度的函",
)
RELAY_TITLES: Final = (
    "转发关于{s}工作的通知",
    "关于贯彻落实{s}有关要求的通知",
    "关于转发《{s}实施方案》的通知",
    "关于落实上级{s}工作部署的通知",
)
PLAIN_TITLES: Final = ("{s}工作动态", "{s}政策解读", "关于{s}的温馨提示", "{s}工作简讯", "{s}学习资料")
MEETING_TITLES: Final = (
    "{s}工作推进会",
    "{s}专题会议",
    "全{a}{s}工作会议",
    "{s}调度会",
    "{s}工作部署会",
    "{s}现场观摩会",
    "{s}联席会议",
)
TRAINING_TITLES: Final = ("{s}业务培训会", "{s}政策宣讲会", "{s}警示教育会", "{s}经验交流会")
INSPECTION_TITLES: Final = ("{s}专项检查", "{s}情况督查", "{s}工作核查", "{s}落实情况督导", "{s}双随机抽查")
REQUEST_TITLES: Final = (
    "{s}情况统计表",
    "关于报送{s}数据的通知",
    "{s}进展情况表",
    "{s}摸底调查表",
    "关于填报{s}台账的通知",
    "{s}基础信息采集表",
)
STANDING_TITLES: Final = ("{s}月报表", "{s}定期报表", "{s}进度统计表", "{s}监测报表")
APP_TITLES: Final = ("{s}管理平台", "{s}移动端", "{s}小程序", "{s}信息系统")
GROUP_TITLES: Final = ("{a}{s}工作群", "{s}联络群", "{s}信息报送群")
CHECKIN_TITLES: Final = ("{s}值守签到", "{s}巡查打卡", "{s}在岗报备")
EVALUATION_TITLES: Final = ("{y}年度{s}考核", "{s}工作评估", "{s}综合评价")
PILOT_TITLES: Final = ("{s}试点", "{s}示范创建", "{s}示范点建设")
SECONDMENT_TITLES: Final = ("{s}挂职锻炼", "{s}工作交流任职")
PLAQUE_TITLES: Final = ("{s}服务站标牌", "{s}联系点标牌", "{s}工作室标牌")
CERTIFICATE_TITLES: Final = ("{s}情况证明", "{s}居住情况证明", "{s}经济状况证明")
TARGET_TITLES: Final = ("{y}年{s}任务指标", "{s}目标分解", "{s}进度目标")

EMERGENCIES: Final = (
    "气象部门发布暴雨红色预警",
    "启动防汛三级应急响应",
    "发生森林火情需即时处置",
    "突发地质灾害险情",
    "突发公共卫生事件处置",
)
SAFETY_GROUNDS: Final = ("防汛值守安全", "森林防火巡护", "地质灾害隐患点巡查", "水库大坝安全巡查", "重大活动安全值守")
LAWS: Final = (
    "《中华人民共和国统计法》",
    "《中华人民共和国防洪法》",
    "《中华人民共和国安全生产法》",
    "《中华人民共和国森林法》",
)
DECISIONS: Final = (
    "建立任务清单并逐项销号",
    "明确牵头单位和完成时限",
    "集中解决未办结事项",
    "优化流程并取消重复填报",
    "落实经费和人员保障",
)
MATERIALS: Final = ("工作方案", "台账资料", "会议记录", "整改清单", "影像资料", "资金凭证", "工作总结", "人员名册")
