/** The words beside a number that tell a phone number from an order, an amount or a quantity. */

/** The words around a number that decide what it is are within this distance, UTF-16 units. */
export const WORDS_WITHIN = 32

/** Hotlines of mainland China with five digits. Those of three are links only beside a word such as `拨打`: most such numbers are quantities. */
export const HOTLINES = ['10000', '10010', '10086', '12110', '12123', '12306', '12315', '12320', '12333', '12345', '12348', '12366', '12395']
export const EMERGENCY = ['110', '112', '114', '119', '120', '122']

/** Words of a call, directly before the number or after it. */
export const CALL_BEFORE = /(?:打|拨|拨通|致电|来电|呼叫|电话|热线|客服|报警|火警|急救|救护车?|匪警|交警|查号台?|\b(?:call|dial|phone|tel|hotline|emergency)\.?)[\s:：是为请“"'（(]*$/i
export const CALL_AFTER = /^[”"'）)]?\s?(?:报警|火警|急救|热线|电话|客服)/
/** A quantity follows: `12345 步`, `95000 people`. `人工` is the service of a hotline. */
export const QUANTITY_AFTER = /^ ?(?:[元块万亿个件次步米斤克吨天年月日页条名度秒分点位户台辆张家岁款支只套集章楼层]|人(?!工)|[a-z])/i
/** `CA 95014` is a postcode. */
export const POSTCODE_BEFORE = /[A-Z]{2} $/

/** The number belongs to an order, an account and the like: `订单号：`, `order no. `. */
export const ORDER_BEFORE =
  /(?:(?:[单编序账帐卡证货批型款学工票税案]|流水|序列|条形|核销|取件|提货|验证|校验|合同|qq)(?:号码?|码)|订单|运单|工单|流水|\b(?:order|tracking|waybill|invoice|parcel|shipment|serial|account|acct|ticket|booking|reservation|reference|ref|transaction|receipt|sn|sku|imei|qq|id)(?:\s*(?:no|nr|num|number|id|code))?)\.?(?:\s*(?:is|was|是|为))?[\s:：#＃=—（(【["'“-]*$/i
/** Between the numbers of a list. */
export const LIST_BETWEEN = /^[\s、,，;；/和及与&]{1,4}$/
export const LIST_BETWEEN_MAX = 4
