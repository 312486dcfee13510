"""Letters to look at and to test with. Persons, offices and numbers are invented; the wording is a draft.

`python -m tests.notifications.letters.samples FOLDER` writes them all as PDFs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from services.notifications.letters import (
    Condition,
    ConditionMark,
    Evidence,
    Kind,
    Lead,
    Letter,
    Letterhead,
    Missing,
    NotPaid,
    Objection,
    Officer,
    Payment,
    PersonalPage,
    Recipient,
    Tone,
    WhatIsPaid,
    Worksheet,
    WorksheetLine,
    render_letter,
)

WORDS = {
    "lo": {
        "Claim": "ເລກທີຄຳຂໍ",
        "Decision": "ເລກທີຄຳຕົກລົງ",
        "Claim {claim}, decision {decision}": "ຄຳຂໍ {claim}, ຄຳຕົກລົງ {decision}",
        "Claim {claim}": "ຄຳຂໍ {claim}",
        "What you will be paid and when": "ເງິນທີ່ທ່ານຈະໄດ້ຮັບ ແລະ ວັນຈ່າຍ",
        "Paid on": "ວັນຈ່າຍ",
        "For": "ສຳລັບ",
        "Amount, {unit}": "ຈຳນວນ, {unit}",
        "Total": "ລວມ",
        "Days that are not paid, and why": "ວັນທີ່ບໍ່ໄດ້ຈ່າຍ ແລະ ເຫດຜົນ",
        "Days": "ວັນ",
        "Reason": "ເຫດຜົນ",
        "If you do not agree": "ຖ້າ ທ່ານ ບໍ່ເຫັນດີ",
        "How": "ແນວໃດ",
        "Where": "ຢູ່ໃສ",
        "Until": "ກຳນົດເວລາ",
        "What we have received": "ສິ່ງທີ່ພວກເຮົາໄດ້ຮັບແລ້ວ",
        "What is still missing": "ສິ່ງທີ່ຍັງຂາດ",
        "What happens next": "ຂັ້ນຕອນຕໍ່ໄປ",
        "If you have questions": "ຖ້າ ທ່ານ ມີຄຳຖາມ",
        "Your page": "ໜ້າຂອງທ່ານ",
        "Code: {code}": "ລະຫັດຢືນຢັນ: {code}",
        "How it was computed": "ຄິດໄລ່ແນວໃດ",
        "Line": "ລາຍການ",
        "Step": "ຂັ້ນຄິດໄລ່",
        "Payable": "ຈ່າຍ",
        "Article": "ມາດຕາ",
        "Amounts in {unit}.": "ຈຳນວນເປັນ {unit}.",
        "text of the law read": "ອ່ານຕົວບົດແລ້ວ",
        "to be confirmed at the source": "ຕ້ອງຢືນຢັນກັບຕົ້ນສະບັບ",
        "set by the institution": "ອົງການກຳນົດ",
        "Conditions examined": "ເງື່ອນໄຂ ທີ່ໄດ້ກວດສອບ",
        "met": "ຄົບ",
        "not met": "ບໍ່ຄົບ",
        "left open": "ຍັງບໍ່ຕັດສິນ",
        "Page {n} of {m}": "ໜ້າ {n}/{m}",
    },
    "my": {
        "Claim": "တောင်းခံလွှာအမှတ်",
        "Decision": "ဆုံးဖြတ်ချက်အမှတ်",
        "Claim {claim}, decision {decision}": "တောင်းခံလွှာ {claim}၊ ဆုံးဖြတ်ချက် {decision}",
        "Claim {claim}": "တောင်းခံလွှာ {claim}",
        "What you will be paid and when": "ရရှိမည့် ငွေပမာဏနှင့် ထုတ်ပေးမည့်ရက်",
        "Paid on": "ထုတ်ပေးမည့်ရက်",
        "For": "ကာလ",
        "Amount, {unit}": "ငွေပမာဏ၊ {unit}",
        "Total": "စုစုပေါင်း",
        "Days that are not paid, and why": "အကျိုးခံစားခွင့်မရသည့် ရက်များနှင့် အကြောင်းရင်း",
        "Days": "ရက်များ",
        "Reason": "အကြောင်းရင်း",
        "If you do not agree": "ဤဆုံးဖြတ်ချက်ကို မကျေနပ်ပါက",
        "How": "မည်သို့",
        "Where": "မည်သည့်နေရာ",
        "Until": "နောက်ဆုံးရက်",
        "If you have questions": "မေးမြန်းလိုပါက",
        "Your page": "သင့်စာမျက်နှာ",
        "Code: {code}": "အတည်ပြုကုဒ် {code}",
        "How it was computed": "တွက်ချက်ပုံ",
        "Line": "အချက်",
        "Step": "အဆင့်",
        "Payable": "ထုတ်ပေးရန်",
        "Article": "ပုဒ်မ",
        "Amounts in {unit}.": "ငွေပမာဏ {unit} ဖြင့်။",
        "text of the law read": "ဥပဒေစာသား ဖတ်ပြီး",
        "to be confirmed at the source": "မူရင်းတွင် အတည်ပြုရန်",
        "set by the institution": "အဖွဲ့က သတ်မှတ်သည်",
        "Conditions examined": "စိစစ်ခဲ့သော သတ်မှတ်ချက်များ",
        "met": "ကိုက်ညီသည်",
        "not met": "မကိုက်ညီပါ",
        "left open": "မဆုံးဖြတ်ရသေးပါ",
        "Page {n} of {m}": "စာမျက်နှာ {n}/{m}",
    },
    "th": {
        "Claim": "เลขที่คำขอ",
        "Decision": "เลขที่คำสั่ง",
        "Claim {claim}, decision {decision}": "คำขอ {claim} คำสั่ง {decision}",
        "Claim {claim}": "คำขอ {claim}",
        "What you will be paid and when": "จำนวนเงินที่ได้รับและวันที่จ่าย",
        "Paid on": "วันที่จ่าย",
        "For": "สำหรับ",
        "Amount, {unit}": "จำนวนเงิน ({unit})",
        "Total": "รวม",
        "Days that are not paid, and why": "วันที่ไม่ได้รับเงินและเหตุผล",
        "Days": "วัน",
        "Reason": "เหตุผล",
        "If you do not agree": "หากท่านไม่พอใจคำสั่งนี้",
        "How": "วิธีการ",
        "Where": "สถานที่",
        "Until": "ภายในวันที่",
        "If you have questions": "หากมีข้อสงสัย",
        "Your page": "หน้าของท่าน",
        "Code: {code}": "รหัสตรวจสอบ: {code}",
        "How it was computed": "วิธีคำนวณ",
        "Line": "รายการ",
        "Step": "ขั้นคำนวณ",
        "Payable": "จ่าย",
        "Article": "มาตรา",
        "Amounts in {unit}.": "จำนวนเงินเป็น{unit}",
        "text of the law read": "อ่านตัวบทแล้ว",
        "to be confirmed at the source": "ต้องยืนยันกับต้นฉบับ",
        "set by the institution": "สำนักงานกำหนด",
        "Conditions examined": "หลักเกณฑ์และเงื่อนไขที่พิจารณา",
        "met": "ครบ",
        "not met": "ไม่ครบ",
        "left open": "ยังไม่วินิจฉัย",
        "Page {n} of {m}": "หน้า {n} จาก {m}",
    },
    "vi": {
        "Claim": "Số hồ sơ",
        "Decision": "Số thông báo",
        "Claim {claim}, decision {decision}": "Hồ sơ {claim}, thông báo {decision}",
        "Claim {claim}": "Hồ sơ {claim}",
        "What you will be paid and when": "Số tiền được chi trả và ngày chi trả",
        "Paid on": "Ngày chi trả",
        "For": "Cho thời gian",
        "Amount, {unit}": "Số tiền, {unit}",
        "Total": "Tổng cộng",
        "Days that are not paid, and why": "Ngày nghỉ không được tính hưởng và lý do",
        "Days": "Ngày",
        "Reason": "Lý do",
        "If you do not agree": "Nếu không đồng ý",
        "How": "Cách thức",
        "Where": "Nơi nhận",
        "Until": "Thời hạn",
        "If you have questions": "Nếu có câu hỏi",
        "Your page": "Trang của ông/bà",
        "Code: {code}": "Mã xác thực: {code}",
        "How it was computed": "Cách tính",
        "Line": "Nội dung",
        "Step": "Bước tính",
        "Payable": "Chi trả",
        "Article": "Điều",
        "Amounts in {unit}.": "Đơn vị: {unit}.",
        "text of the law read": "đã đọc văn bản",
        "to be confirmed at the source": "cần xác nhận tại nguồn",
        "set by the institution": "do cơ quan quy định",
        "Conditions examined": "Điều kiện đã xem xét",
        "met": "đủ",
        "not met": "chưa đủ",
        "left open": "chưa kết luận",
        "Page {n} of {m}": "Trang {n}/{m}",
    },
}


def words(language: str) -> Callable[[str], str]:
    """The drafted labels of a language; English for what is not drafted."""
    return lambda message: WORDS.get(language, {}).get(message, message)


LAO = Letter(
    language="lo",
    institution=Letterhead(
        name="ອົງການປະກັນສັງຄົມ",
        office="ຫ້ອງການປະກັນສັງຄົມ ແຂວງສະຫວັນນະເຂດ",
        address=("ຖະໜົນ ສຸດທະນູ, ເມືອງໄກສອນ ພົມວິຫານ", "ແຂວງສະຫວັນນະເຂດ"),
        phone="ໂທ 041 000 000",
        state_lines=(
            "ສາທາລະນະລັດ ປະຊາທິປະໄຕ ປະຊາຊົນລາວ",
            "ສັນຕິພາບ ເອກະລາດ ປະຊາທິປະໄຕ ເອກະພາບ ວັດທະນະຖາວອນ",
        ),
    ),
    recipient=Recipient("ທ່ານ ນາງ ບຸນມີ ແສງສຸລິຍາ", ("ບ້ານໂພນສະຫວັນ, ໜ່ວຍ 4", "ເມືອງໄກສອນ ພົມວິຫານ", "ແຂວງສະຫວັນນະເຂດ")),
    place_and_date="ສະຫວັນນະເຂດ, ວັນທີ 5 ພຶດສະພາ 2025",
    claim_number="250000441733",
    decision_number="1234/ອປສ",
    subject="ເລື່ອງ: ຜົນການພິຈາລະນາ ເງິນອຸດໜູນປ່ວຍການ",
    salutation="ຮຽນ: ທ່ານ ນາງ ບຸນມີ",
    lead=Lead(
        "ອະນຸມັດ",
        "ທ່ານ ບໍ່ສາມາດເຮັດວຽກໄດ້ຊົ່ວຄາວ ແຕ່ວັນທີ 3 ມີນາ ຫາ ວັນທີ 16 ພຶດສະພາ 2025 ແລະ ໄດ້ຖອກເງິນສົມທົບ 12 ເດືອນ; "
        "ກົດໝາຍຕ້ອງການ 3 ເດືອນ. ທ່ານ ຈະໄດ້ຮັບ 3.360.000\u00a0ກີບ ສຳລັບ 45 ວັນ.",
        Tone.GRANTED,
        ("3.360.000\u00a0ກີບ",),
    ),
    paragraphs=(
        "ອີງຕາມ ກົດໝາຍວ່າດ້ວຍ ການປະກັນສັງຄົມ (ສະບັບປັບປຸງ), ອົງການປະກັນສັງຄົມ ຕົກລົງ ອະນຸມັດ ເງິນອຸດໜູນປ່ວຍການ ຈຳນວນ "
        "3.360.000\u00a0ກີບ ໃຫ້ແກ່ ທ່ານ ນາງ ບຸນມີ ແສງສຸລິຍາ ແຕ່ວັນທີ 2 ເມສາ ຫາ ວັນທີ 16 ພຶດສະພາ 2025.",
    ),
    what_is_paid=WhatIsPaid(
        rows=(
            Payment("8 ພຶດສະພາ 2025", "2 ເມສາ – 1 ພຶດສະພາ 2025", "2.240.000"),
            Payment("ລະຫວ່າງ 22 ຫາ 26 ພຶດສະພາ 2025", "2 – 16 ພຶດສະພາ 2025", "1.120.000"),
        ),
        total="3.360.000",
        unit="ກີບ",
        note="ຈ່າຍເຂົ້າບັນຊີທະນາຄານ BCEL …4471.",
    ),
    days_not_paid=(NotPaid("3 ມີນາ – 1 ເມສາ 2025, 30 ວັນ", "ຫົວໜ່ວຍແຮງງານ ຈ່າຍເງິນເດືອນ ໃນ 30 ວັນທຳອິດ."),),
    objection=Objection(
        lead="ທ່ານ ມີສິດຍື່ນຄຳຮ້ອງທຸກ ຕໍ່ຄຳຕົກລົງນີ້. ທ່ານ ບໍ່ຕ້ອງເສຍຄ່າ.",
        how="ຂຽນໜັງສື ຫຼື ກົດປຸ່ມ “ຂໍໃຫ້ກວດຄືນ” ຢູ່ໜ້າຂອງທ່ານ.",
        where="ຄະນະກຳມະການແກ້ໄຂຄຳຮ້ອງທຸກ, ຫ້ອງການປະກັນສັງຄົມ ແຂວງສະຫວັນນະເຂດ",
        until="ວັນທີ 24 ມິຖຸນາ 2025",
    ),
    officer=Officer("ທ່ານ ຄຳຫຼ້າ ວົງສາ", "ຫົວໜ້າໜ່ວຍງານອຸດໜູນ", "ຫ້ອງການປະກັນສັງຄົມ ແຂວງສະຫວັນນະເຂດ"),
    page=PersonalPage("sso.example/my", "7K4M-92QX", "https://sso.example/my?c=250000441733&k=7K4M92QX"),
    contact="ໂທ 1508 ຫຼື 041 000 000, ວັນຈັນ ຫາ ວັນສຸກ, 8:00–16:00",
    closing="ດ້ວຍຄວາມເຄົາລົບ ແລະ ນັບຖື",
    worksheet=Worksheet(
        lines=(
            WorksheetLine(
                "1",
                "ເງິນເດືອນປະກັນຕົນ ກັນຍາ 2024 – ກຸມພາ 2025, 6 ເດືອນ",
                "19.200.000",
                "",
                "ຂໍ້ແນະນຳ 2751",
                Evidence.CONFIRM,
            ),
            WorksheetLine("2", "ສະເລ່ຍ: ແຖວ 1 ÷ 6", "3.200.000", "", "ໜ້າເວັບ ອປສ", Evidence.CONFIRM),
            WorksheetLine("3", "70 % ຂອງແຖວ 2, ຕໍ່ເດືອນ", "2.240.000", "", "ກົດໝາຍ 54/ສພຊ", Evidence.READ),
            WorksheetLine("4", "2 ເມສາ – 1 ພຶດສະພາ: 1 ເດືອນ × ແຖວ 3", "", "2.240.000", "ລະບຽບ 5.5", Evidence.SET),
            WorksheetLine("5", "2 – 16 ພຶດສະພາ: 15 ວັນ ÷ 30 × ແຖວ 3", "", "1.120.000", "ລະບຽບ 5.5", Evidence.SET),
        ),
        total_text="ລວມ 2 ເມສາ – 16 ພຶດສະພາ 2025",
        total="3.360.000",
        unit="ກີບ",
    ),
    conditions=(
        Condition("ຖອກເງິນສົມທົບຢ່າງໜ້ອຍ 3 ເດືອນ ໃນ 12 ເດືອນກ່ອນ: ທ່ານ ມີ 12 ເດືອນ", ConditionMark.MET, "ມາດຕາ 17"),
        Condition("ມີການຢັ້ງຢືນທາງດ້ານການແພດ: 3 ມີນາ – 16 ພຶດສະພາ 2025", ConditionMark.MET, "ມາດຕາ 18"),
        Condition("ຫົວໜ່ວຍແຮງງານຢຸດຈ່າຍເງິນເດືອນ ແຕ່ວັນທີ 2 ເມສາ 2025", ConditionMark.MET, "ມາດຕາ 18"),
    ),
)

ENGLISH = replace(
    LAO,
    language="en",
    institution=Letterhead(
        "Social Security Organization",
        "Savannakhet Provincial Office",
        ("Sutthanou Road, Kaysone Phomvihane", "Savannakhet"),
        "Telephone 041 000 000",
    ),
    recipient=Recipient("Ms Bounmy Sengsouliya", ("Phonsavan Village, unit 4", "Kaysone Phomvihane", "Savannakhet")),
    place_and_date="Savannakhet, 5 May 2025",
    decision_number="1234/SSO",
    subject="Your claim for sickness benefit",
    salutation="Dear Ms Bounmy,",
    lead=Lead(
        "Granted in full",
        "You were unable to work from 3 March to 16 May 2025, and you had contributed 12 of the 12 months before; "
        "3 are needed. You receive 3,360,000\u00a0kip for 45 days.",
        Tone.GRANTED,
        ("3,360,000\u00a0kip",),
    ),
    paragraphs=(
        "Your employer paid your wage for the first 30 days. From 2 April the social security fund pays 70 per cent "
        "of your average insured salary. You do not have to do anything to receive the money.",
    ),
    what_is_paid=WhatIsPaid(
        rows=(
            Payment("8 May 2025", "2 April – 1 May 2025", "2,240,000"),
            Payment("between 22 and 26 May 2025", "2 – 16 May 2025", "1,120,000"),
        ),
        total="3,360,000",
        unit="kip",
        note="Paid into your account at BCEL, …4471.",
    ),
    days_not_paid=(NotPaid("3 March – 1 April 2025, 30 days", "Your employer pays your wage for the first 30 days."),),
    objection=Objection(
        lead="You may ask for this decision to be examined again. It costs nothing.",
        how="Write to us, or press “Ask for a second look” on your page.",
        where="Complaints Committee, Savannakhet Provincial Office",
        until="24 June 2025",
    ),
    officer=Officer("Khamla Vongsa", "Head of Benefits", "Savannakhet Provincial Office"),
    contact="Call 1508 or 041 000 000, Monday to Friday, 8:00–16:00.",
    closing="Yours faithfully,",
    worksheet=Worksheet(
        lines=(
            WorksheetLine(
                "1",
                "Insured salary Sep 2024 – Feb 2025, 6 months of 3,200,000",
                "19,200,000",
                "",
                "Guidelines 2751",
                Evidence.CONFIRM,
            ),
            WorksheetLine("2", "Average insured salary: line 1 ÷ 6", "3,200,000", "", "LSSO page", Evidence.CONFIRM),
            WorksheetLine("3", "Monthly amount: 70 % of line 2", "2,240,000", "", "Law 54/NA", Evidence.READ),
            WorksheetLine("4", "2 Apr – 1 May: 1 month × line 3", "", "2,240,000", "Rule 5.5", Evidence.SET),
            WorksheetLine("5", "2 – 16 May: 15 days ÷ 30 × line 3", "", "1,120,000", "Rule 5.5", Evidence.SET),
        ),
        total_text="Total for 2 April – 16 May 2025",
        total="3,360,000",
        unit="kip",
    ),
    conditions=(
        Condition("3 contribution months in the 12 before: you have 12", ConditionMark.MET, "Article 17"),
        Condition("Medical certificate for 3 March – 16 May 2025", ConditionMark.MET, "Article 18"),
        Condition("Wage stopped from 2 April 2025", ConditionMark.MET, "Article 18"),
    ),
)

REFUSAL = replace(
    ENGLISH,
    claim_number="250000518842",
    decision_number="1311/SSO",
    recipient=Recipient("Ms Noy Keomany", ("Nakae Village", "Kaysone Phomvihane", "Savannakhet")),
    salutation="Dear Ms Noy,",
    subject="Your claim for maternity benefit",
    lead=Lead(
        "Refused",
        "Maternity benefit needs 9 contribution months in the 12 before the birth. Your employer paid in 8 for you, "
        "so we cannot pay the allowance or the birth grant.",
        Tone.REFUSED,
        ("9 contribution months", "8"),
    ),
    paragraphs=(
        "If a month is missing, send us a pay slip or ask your employer to correct the list: we will decide again "
        "at once. A contribution your employer owes is not your fault; tell us if wages were deducted.",
        "Your right to 105 days of maternity leave under the Labour Law is not affected by this decision.",
    ),
    what_is_paid=None,
    days_not_paid=(NotPaid("10 June – 22 September 2025, 105 days", "8 contribution months instead of 9."),),
    worksheet=None,
    conditions=(
        Condition(
            "9 contribution months in the 12 before the birth: 8, June to August 2024 and October to February",
            ConditionMark.NOT_MET,
            "Article 24",
        ),
        Condition("Birth certificate or hospital note", ConditionMark.MET, "Article 25"),
        Condition("Whether September 2024 was paid late by the employer", ConditionMark.OPEN, "Article 60"),
    ),
)

ACKNOWLEDGEMENT = replace(
    LAO,
    kind=Kind.ACKNOWLEDGEMENT,
    decision_number="",
    place_and_date="ສະຫວັນນະເຂດ, ວັນທີ 8 ເມສາ 2025",
    subject="ໄດ້ຮັບຄຳຂໍ ເງິນອຸດໜູນປ່ວຍການ ຂອງທ່ານແລ້ວ",
    lead=Lead(
        "ໄດ້ຮັບຄຳຂໍແລ້ວ",
        "ພວກເຮົາໄດ້ຮັບຄຳຂໍຂອງທ່ານ ໃນວັນທີ 8 ເມສາ 2025 ແລະ ຈະແຈ້ງຜົນກ່ອນ ວັນທີ 8 ພຶດສະພາ 2025.",
        Tone.WAITING,
        ("ວັນທີ 8 ພຶດສະພາ 2025",),
    ),
    paragraphs=(),
    what_is_paid=None,
    days_not_paid=(),
    objection=None,
    worksheet=None,
    conditions=(),
    received=("ໃບຄຳຂໍ ເງິນອຸດໜູນປ່ວຍການ", "ໃບຢັ້ງຢືນແພດ 3 ມີນາ – 16 ພຶດສະພາ 2025", "ເລກບັນຊີທະນາຄານ BCEL …4471"),
    missing=(Missing("ໜັງສືຢັ້ງຢືນຂອງຫົວໜ່ວຍແຮງງານ", "ພວກເຮົາໄດ້ຖາມນາຍຈ້າງຂອງທ່ານແລ້ວ ກຳນົດ 20 ເມສາ 2025. ທ່ານ ບໍ່ຕ້ອງເຮັດຫຍັງ."),),
    next_steps=(
        "ພວກເຮົາກວດສອບເງິນສົມທົບຂອງທ່ານ.",
        "ນາຍຈ້າງຢືນຢັນວັນທີ່ທ່ານພັກວຽກ ແລະ ເງິນເດືອນທີ່ໄດ້ຈ່າຍ.",
        "ພະນັກງານຕັດສິນ ແລະ ສົ່ງໜັງສືແຈ້ງຄຳຕົກລົງ ໃຫ້ທ່ານ.",
    ),
)

BURMESE = replace(
    LAO,
    language="my",
    institution=Letterhead(
        "လူမှုဖူလုံရေးအဖွဲ့",
        "လှိုင်မြို့နယ်ရုံးခွဲ",
        ("ဗဟိုလမ်း၊ လှိုင်မြို့နယ်", "ရန်ကုန်တိုင်းဒေသကြီး"),
        "ဖုန်း 01 000 000",
        state_lines=("ပြည်ထောင်စုသမ္မတမြန်မာနိုင်ငံတော်အစိုးရ", "အလုပ်သမားဝန်ကြီးဌာန"),
    ),
    recipient=Recipient("ဒေါ် သန္တာမြင့်", ("အမှတ် ၁၂၊ ပြည်လမ်း", "လှိုင်မြို့နယ်", "ရန်ကုန်တိုင်းဒေသကြီး")),
    place_and_date="ရက်စွဲ၊ ၂၀၂၆ ခုနှစ်၊ မတ်လ ၅ ရက်",
    claim_number="260000120015",
    decision_number="၁၂၃၄/၂၀၂၆",
    subject="အကြောင်းအရာ။ ။ ဖျားနာမှု ငွေကြေးအကျိုးခံစားခွင့် တောင်းခံခြင်း ကိစ္စ",
    salutation="သို့ ဒေါ် သန္တာမြင့်",
    lead=Lead(
        "ခွင့်ပြုသည်",
        "ဖေဖော်ဝါရီလ ၂ ရက်နေ့မှ မတ်လ ၁ ရက်နေ့အထိ အလုပ်မလုပ်နိုင်ခဲ့ပါသဖြင့် ရက်ပေါင်း ၂၈ ရက်အတွက် ၂၉၄,၀၀၀ ကျပ် ရရှိပါမည်။",
        Tone.GRANTED,
        ("၂၉၄,၀၀၀ ကျပ်",),
    ),
    paragraphs=(
        "အထက်အကြောင်းအရာပါ ကိစ္စနှင့်ပတ်သက်၍ ဖျားနာမှု ငွေကြေးအကျိုးခံစားခွင့် ၂၉၄,၀၀၀ ကျပ်ကို စိစစ်ခွင့်ပြုပါသည်။ "
        "ထည့်ဝင်ကြေးကို သတ်မှတ်ချက်များနှင့်အညီ ပေးသွင်းထားပါသည်။",
    ),
    what_is_paid=WhatIsPaid(
        (Payment("၂၀၂၆ ခုနှစ်၊ မတ်လ ၁၂ ရက်", "ဖေဖော်ဝါရီလ ၂ ရက်နေ့မှ မတ်လ ၁ ရက်နေ့အထိ", "၂၉၄,၀၀၀"),), "၂၉၄,၀၀၀", "ကျပ်"
    ),
    days_not_paid=(NotPaid("ဇန်နဝါရီလ ၃၁ ရက်", "ထိုနေ့အတွက် အလုပ်ရှင်က လုပ်ခပေးပြီး ဖြစ်ပါသည်။"),),
    objection=Objection(
        "စာဖြင့် သို့မဟုတ် သင့်စာမျက်နှာမှ အယူခံနိုင်ပါသည်။",
        "လူမှုဖူလုံရေး အယူခံခုံအဖွဲ့၊ လှိုင်မြို့နယ်ရုံးခွဲ",
        "၂၀၂၆ ခုနှစ်၊ ဧပြီလ ၄ ရက်",
    ),
    officer=Officer("ဦး ကျော်စွာ", "မြို့နယ်ဦးစီးမှူး", "လှိုင်မြို့နယ်ရုံးခွဲ"),
    contact="ဖုန်း 01 000 000၊ တနင်္လာနေ့မှ သောကြာနေ့အထိ",
    closing="",
    worksheet=Worksheet(
        (
            WorksheetLine("၁", "ပျမ်းမျှလုပ်ခလစာ ၄ လ", "၄၅၀,၀၀၀", "", "ပုဒ်မ ၂၁", Evidence.READ),
            WorksheetLine("၂", "၇၀ ရာခိုင်နှုန်း၊ တစ်လလျှင်", "၃၁၅,၀၀၀", "", "ပုဒ်မ ၂၃", Evidence.CONFIRM),
            WorksheetLine("၃", "၂၈ ရက် ÷ ၃၀ × အချက် ၂", "", "၂၉၄,၀၀၀", "နည်းဥပဒေ ၁၀၂", Evidence.SET),
        ),
        "စုစုပေါင်း",
        "၂၉၄,၀၀၀",
        "ကျပ်",
    ),
    conditions=(
        Condition("ထည့်ဝင်ကြေး ၄ လ ပေးသွင်းပြီး", ConditionMark.MET, "ပုဒ်မ ၂၁"),
        Condition("ဆေးလက်မှတ် တင်ပြပြီး", ConditionMark.MET, "ပုဒ်မ ၂၂"),
    ),
)

THAI = replace(
    LAO,
    language="th",
    institution=Letterhead(
        "สำนักงานประกันสังคม",
        "สำนักงานประกันสังคมจังหวัดขอนแก่น",
        ("ถนนศูนย์ราชการ อำเภอเมือง", "จังหวัดขอนแก่น 40000"),
        "โทร. 043 000 000",
    ),
    recipient=Recipient("นางสาวสุดา พงษ์ศรี", ("99/1 หมู่ 4 ตำบลศิลา", "อำเภอเมือง จังหวัดขอนแก่น 40000")),
    place_and_date="5\u00a0มีนาคม\u00a02569",
    claim_number="690000731220",
    decision_number="รง 0601/1234",
    subject="เรื่อง แจ้งผลการพิจารณาประโยชน์ทดแทนในกรณีคลอดบุตร",
    salutation="เรียน นางสาวสุดา พงษ์ศรี",
    lead=Lead(
        "อนุมัติ",
        "สำนักงานประกันสังคมพิจารณาแล้ว อนุมัติเงินสงเคราะห์การหยุดงานเพื่อการคลอดบุตร เป็นเงิน 22,500.00\u00a0บาท "
        "เนื่องจากท่านจ่ายเงินสมทบครบ 5 เดือน ภายใน 15 เดือนก่อนเดือนที่คลอดบุตร",
        Tone.GRANTED,
        ("22,500.00\u00a0บาท",),
    ),
    paragraphs=(
        "ตามที่ท่านได้ยื่นคำขอรับประโยชน์ทดแทนในกรณีคลอดบุตรนั้น สำนักงานได้ตรวจสอบเงินสมทบและใบรับรองแพทย์แล้ว "
        "ท่านไม่ต้องดำเนินการใดเพิ่มเติม จึงเรียนมาเพื่อโปรดทราบ",
    ),
    what_is_paid=WhatIsPaid(
        (Payment("12\u00a0มีนาคม\u00a02569", "1 กุมภาพันธ์ – 1 พฤษภาคม 2569 (90 วัน)", "22,500.00"),),
        "22,500.00",
        "บาท",
        "โอนเข้าบัญชีธนาคารกรุงไทย …4471",
    ),
    days_not_paid=(NotPaid("2 – 9 พฤษภาคม 2569", "เกินระยะเวลา 90 วันที่กฎหมายกำหนด"),),
    objection=Objection(
        "อุทธรณ์เป็นหนังสือต่อคณะกรรมการอุทธรณ์",
        "สำนักงานประกันสังคมจังหวัดขอนแก่น",
        "4 เมษายน 2569 (สามสิบวันนับแต่วันที่ได้รับแจ้งคำสั่ง)",
    ),
    officer=Officer("(นายประเสริฐ ใจดี)", "ประกันสังคมจังหวัดขอนแก่น", "สำนักงานประกันสังคมจังหวัดขอนแก่น"),
    contact="โทร. 1506 หรือ 043 000 000 วันจันทร์ถึงวันศุกร์",
    closing="ขอแสดงความนับถือ",
    worksheet=Worksheet(
        (
            WorksheetLine("1", "ค่าจ้างเฉลี่ยที่ใช้คำนวณ ต่อเดือน", "15,000.00", "", "มาตรา 57", Evidence.READ),
            WorksheetLine("2", "ร้อยละ 50 ของรายการ 1 × 3 เดือน", "", "22,500.00", "มาตรา 67", Evidence.READ),
        ),
        "รวม",
        "22,500.00",
        "บาท",
    ),
    conditions=(Condition("จ่ายเงินสมทบไม่น้อยกว่า 5 เดือน: ท่านมี 15 เดือน", ConditionMark.MET, "มาตรา 65"),),
)

VIETNAMESE = replace(
    LAO,
    language="vi",
    institution=Letterhead(
        "BẢO HIỂM XÃ HỘI VIỆT NAM",
        "Bảo hiểm xã hội tỉnh Bắc Ninh",
        ("10 đường Lý Thái Tổ", "thành phố Bắc Ninh"),
        "Điện thoại 0222 000 000",
        state_lines=("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"),
    ),
    recipient=Recipient("Bà Nguyễn Thị Lan", ("12 ngõ 5, phố Vũ Ninh", "phường Kinh Bắc", "tỉnh Bắc Ninh")),
    place_and_date="Bắc Ninh, ngày 05 tháng 03 năm 2026",
    claim_number="260000330871",
    decision_number="3595/TB-BHXH",
    subject="Thông báo về việc hưởng chế độ ốm đau",
    salutation="Kính gửi: Bà Nguyễn Thị Lan",
    lead=Lead(
        "Giải quyết hưởng một phần",
        "Bà được hưởng trợ cấp ốm đau 9.750.000\u00a0đồng cho 26 ngày nghỉ việc. Bốn ngày nghỉ không được tính hưởng "
        "vì giấy chứng nhận không bao gồm những ngày đó.",
        Tone.PARTLY,
        ("9.750.000\u00a0đồng",),
    ),
    paragraphs=(
        "Căn cứ hồ sơ của bà và quá trình đóng bảo hiểm xã hội, Bảo hiểm xã hội tỉnh Bắc Ninh giải quyết hưởng chế độ "
        "ốm đau theo mức 75% tiền lương làm căn cứ đóng bảo hiểm xã hội.",
    ),
    what_is_paid=WhatIsPaid(
        (Payment("10/03/2026", "từ ngày 02/02/2026 đến ngày 03/03/2026", "9.750.000"),), "9.750.000", "đồng"
    ),
    days_not_paid=(NotPaid("từ 28/02/2026 đến 03/03/2026", "Không có giấy chứng nhận nghỉ việc cho những ngày này."),),
    objection=Objection(
        "Gửi đơn khiếu nại bằng văn bản hoặc qua trang của bà, hoặc khởi kiện tại Tòa án.",
        "Giám đốc Bảo hiểm xã hội tỉnh Bắc Ninh",
        "ngày 03 tháng 06 năm 2026",
    ),
    officer=Officer("Trần Văn Hòa", "Giám đốc", "Bảo hiểm xã hội tỉnh Bắc Ninh"),
    contact="Gọi 1900 9068 hoặc 0222 000 000, thứ Hai đến thứ Sáu.",
    closing="Trân trọng./.",
    worksheet=Worksheet(
        (
            WorksheetLine("1", "Tiền lương làm căn cứ đóng, tháng liền kề", "13.000.000", "", "Điều 45", Evidence.READ),
            WorksheetLine("2", "75% của dòng 1", "9.750.000", "", "Điều 45", Evidence.READ),
            WorksheetLine("3", "26 ngày ÷ 26 × dòng 2", "", "9.750.000", "Điều 45", Evidence.CONFIRM),
        ),
        "Tổng cộng",
        "9.750.000",
        "đồng",
    ),
    conditions=(
        Condition("Đang tham gia bảo hiểm xã hội bắt buộc", ConditionMark.MET, "Điều 42"),
        Condition("Có giấy chứng nhận cho ngày 28/02 – 03/03/2026", ConditionMark.NOT_MET, "Điều 47"),
    ),
)

ALL = {
    "lao": LAO,
    "english": ENGLISH,
    "refusal": REFUSAL,
    "acknowledgement": ACKNOWLEDGEMENT,
    "burmese": BURMESE,
    "thai": THAI,
    "vietnamese": VIETNAMESE,
}


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, letter in ALL.items():
        (folder / f"{name}.pdf").write_bytes(render_letter(letter, words(letter.language)))
