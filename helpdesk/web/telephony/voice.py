"""The hotline's call: hours, menu of the four situations, the desk's telephone, voicemail.

/voice -> closed: hours, voicemail | open: notice, menu -> /voice/choice -> desk rings -> /voice/dialled
                                                                         -> nobody: voicemail -> /voice/recorded
"""

from flask import Response, current_app, request, url_for
from twilio.twiml.voice_response import Gather, VoiceResponse

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.models.call import Call
from helpdesk.policy.business_time import closure_at, is_open
from helpdesk.runtime import runtime_of
from helpdesk.services import calls
from helpdesk.web.installation import equipment
from helpdesk.web.telephony import bp
from helpdesk.web.telephony.signature import signed
from knowledge_base.lookup import policy_for
from knowledge_base.records.vocabulary import Category, Channel, Metric

VOICE = {"voice": "Google.cmn-TW-Wavenet-A", "language": "cmn-TW"}
CHOICES = {
    "1": Category.MEASURES,
    "2": Category.PROBLEM,
    "3": Category.IMPROVEMENT,
    "4": Category.APPLICATION,
}
CALLBACK, PERSON = "9", "0"
MENU_ASKED = 3
RING_SECONDS, RECORD_SECONDS, SILENCE_SECONDS = 25, 120, 5


@bp.post("/voice")
@signed
def answer() -> Response:
    """Answer a call: outside hours it goes to voicemail, within them to the menu."""
    call, words = delivered_call(), VoiceResponse()
    if not call.within_hours:
        hours = equipment().knowledge.service_window.hours_text
        closed = closure_at(equipment().calendar, clock.now())
        why = f"今天因{closed.reason}暫停服務" if closed else f"服務時間是{hours}，現在已經下班"
        words.say(f"您好，這裡是單一服務窗口。{why}。", **VOICE)
        return _voicemail(words)
    words.say("您好，這裡是單一服務窗口。如果您留言，留言會錄音。", **VOICE)
    return _menu(words, asked=1)


@bp.post("/voice/choice")
@signed
def choose() -> Response:
    """Keep the choice and ring the desk; 9 leaves a message, nothing understood asks again."""
    call, digit = delivered_call(), request.form.get("Digits", "")
    words = VoiceResponse()
    asked = request.args.get("asked", 1, type=int)
    if digit not in {*CHOICES, CALLBACK, PERSON} and asked < MENU_ASKED:
        words.say("抱歉，沒有收到您的選擇。", **VOICE)
        return _menu(words, asked=asked + 1)
    calls.choice_made(call, CHOICES.get(digit))
    twilio = runtime_of(current_app).settings.twilio
    if digit == CALLBACK or twilio is None or not twilio.desk_phone:
        return _voicemail(words)
    words.say("正在為您轉接服務人員，請稍候。", **VOICE)
    words.dial(twilio.desk_phone, timeout=RING_SECONDS, action=url_for("telephony.dialled"), method="POST")
    return _xml(words)


@bp.post("/voice/dialled")
@signed
def dialled() -> Response:
    """After ringing the desk: thanks when somebody answered, else voicemail."""
    call, words = delivered_call(), VoiceResponse()
    if request.form.get("DialCallStatus") == "completed":
        calls.answered(db.session(), call, now=clock.now())
        words.say("謝謝您的來電，再見。", **VOICE)
        words.hangup()
        return _xml(words)
    words.say("服務人員都在忙線中。", **VOICE)
    return _voicemail(words)


@bp.post("/voice/recorded")
@signed
def recorded() -> Response:
    """Turn a recorded message into a case that is owed a callback."""
    form = request.form
    call = calls.voicemail_left(
        db.session(),
        delivered_call(),
        recording_sid=form.get("RecordingSid", ""),
        recording_url=form.get("RecordingUrl", ""),
        seconds=form.get("RecordingDuration", 0, type=int) or 0,
        equipment=equipment(),
        now=clock.now(),
    )
    words = VoiceResponse()
    heard = f"我們會在{_callback_target()}內回電。" if call.case_id else "沒有聽到您的留言。"
    words.say(f"{heard}謝謝您的來電，再見。", **VOICE)
    words.hangup()
    return _xml(words)


def delivered_call() -> Call:
    """Return the row of the call; a step whose start never arrived makes it."""
    now = clock.now()
    within_hours = is_open(equipment().calendar, now)
    sid, caller = request.form["CallSid"], request.form.get("From", "")
    return calls.call_started(db.session(), call_sid=sid, caller=caller, within_hours=within_hours, now=now)


def _callback_target() -> str:
    return policy_for(equipment().knowledge, Metric.CALLBACK, channel=Channel.HOTLINE).target.words


def _menu(words: VoiceResponse, *, asked: int) -> Response:
    gather = Gather(
        num_digits=1, timeout=6, action=url_for("telephony.choose", asked=asked), method="POST",
        action_on_empty_result=True,
    )  # fmt: skip
    gather.say(
        "想知道有哪些補助和輔導，請按一。遇到狀況但不知道問題在哪裡，請按二。"
        "知道要改善什麼但不知道怎麼做，請按三。申請遇到困難，請按四。留下電話請我們回電，請按九。直接找服務人員，請按零。",
        **VOICE,
    )
    words.append(gather)
    return _xml(words)


def _voicemail(words: VoiceResponse) -> Response:
    words.say("留言會錄音。請在嗶聲後留下公司名稱、電話和想問的事，說完請按井字鍵。", **VOICE)
    words.record(
        max_length=RECORD_SECONDS, timeout=SILENCE_SECONDS, finish_on_key="#", play_beep=True,
        action=url_for("telephony.recorded"), method="POST",
    )  # fmt: skip
    # An empty recording is not told to the action: the provider goes on with the next verb.
    words.redirect(url_for("telephony.recorded"), method="POST")
    return _xml(words)


def _xml(words: VoiceResponse) -> Response:
    return Response(str(words), mimetype="text/xml")
