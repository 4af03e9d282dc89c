package wsconn

import (
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// maxReasonBytes is what a Close frame has room for besides the code.
const maxReasonBytes = ws.MaxControlFramePayloadSize - 2

// Close starts the closing handshake (RFC 6455 7.1.2) behind what is queued.
// Messages that arrive or are delivered from then on are dropped. The handler's
// Closed is called later, never inside Close. Only the first call counts.
//
// Code 1005 sends a Close without code or reason. Any other code that must not
// be on the wire (7.4: below 1000, 1004, 1006, 1015-2999, 5000 and above) is
// sent as 1011. The reason is cut at 123 bytes, between characters.
func (c *Conn) Close(code int, reason string) {
	c.dropKept()
	if c.phase != phaseOpen {
		return
	}
	c.phase = phaseClosing
	c.closed = closeCode(code)
	c.sendClose(closeBody(code, reason))
	c.resume()
}

// sendClose queues the last frame. What is queued before it must leave within
// WriteStall.
func (c *Conn) sendClose(body []byte) {
	if !c.broken {
		c.output().latePong = nil // nothing comes behind a Close
		c.control(ws.OpClose, body)
	}
	c.touch()
	c.expireAt(c.loop.now + int64(c.limits.WriteStall))
}

// peerClosed acts on the peer's Close (RFC 6455 5.5.1): its code is echoed
// unless we have sent a Close before.
func (c *Conn) peerClosed(body []byte) {
	code, reason, bad := parseClose(body)
	if bad != nil {
		c.fail(bad)
		return
	}
	before := c.phase
	c.phase = phaseDraining
	if before == phaseOpen {
		c.sendClose(closeBody(code, ""))
	}
	c.end(code, reason)
	c.touch()
}

// fail ends a connection whose peer broke the rules (RFC 6455 7.1.7): it is told
// why, and nothing it sends is looked at any more.
func (c *Conn) fail(v *violation) {
	before := c.phase
	c.phase = phaseDraining
	c.freeParser()
	c.countViolation(v)
	if before == phaseOpen {
		c.closed = uint16(v.code)
		c.sendClose(closeBody(v.code, v.reason))
	}
	c.end(1006, v.reason)
	c.touch()
}

// flushed goes on with the closing when everything queued is written.
func (c *Conn) flushed() {
	switch {
	case c.phase == phaseClosing:
		c.expireAt(c.loop.now + int64(c.limits.CloseWithin))
	case c.phase == phaseDraining && !c.shut:
		// Closing with unread input would make the kernel reset the
		// connection and drop the Close frame: read to the end first.
		c.shut = true
		c.transport.shutdown()
		c.expireAt(c.loop.now + int64(c.limits.CloseWithin))
	}
}

// expireAt sets when the closing is cut short.
func (c *Conn) expireAt(at int64) {
	c.expires = at
	c.loop.wheel.sooner(c, c.deadline())
}

// end notes how the connection ended. The handler is told behind what is kept.
func (c *Conn) end(code int, reason string) {
	if c.ending == nil {
		c.ending = &ending{code: code, reason: reason}
		c.resume()
	}
}

// lost is called by the transport behind the last byte it read.
func (c *Conn) lost() {
	c.end(1006, "")
	c.gone()
}

// cut ends a connection that kept us waiting.
func (c *Conn) cut(limit Limit, why string) {
	c.limited(limit)
	c.end(1006, why)
	c.gone()
}

// abort cuts the connection because the loop ends; what is kept is dropped.
func (c *Conn) abort() {
	c.hold = false
	c.dropKept()
	c.end(1006, "the server is stopping")
	c.gone()
	c.resume()
}

// gone closes the transport and gives back what the connection owns, but for
// what is kept for the handler.
func (c *Conn) gone() {
	if c.phase == phaseGone {
		return
	}
	c.phase = phaseGone
	c.transport.close()
	c.loop.wheel.cancel(c)
	c.freeParser()
	c.freeOutput()
	c.touchAwaited()
	c.stops = 0
	if c.kept != nil {
		c.kept.rest = nil
	}
	if c.finished {
		c.loop.conns.remove(c)
	}
}

// finish tells the handler the end.
func (c *Conn) finish() {
	if c.finished {
		return
	}
	c.finished = true
	c.countEnd()
	h := c.handler
	c.handler = noHandler{}
	c.callClosed(h, c.ending)
	if c.phase == phaseGone {
		c.loop.conns.remove(c)
	}
}

// validCode reports whether a close code may be on the wire (RFC 6455 7.4 and
// the registry it founded).
func validCode(code int) bool {
	switch {
	case code >= 1000 && code <= 1003, code >= 1007 && code <= 1014:
		return true
	default:
		return code >= 3000 && code <= 4999
	}
}

// parseClose reads the payload of the peer's Close.
func parseClose(body []byte) (code int, reason string, bad *violation) {
	if len(body) == 0 {
		return int(ws.StatusNoStatusRcvd), "", nil
	}
	if len(body) == 1 {
		return 0, "", &violation{1002, "a Close has half a code"}
	}
	status, reason := ws.ParseCloseFrameData(body)
	switch {
	case !validCode(int(status)):
		return 0, "", &violation{1002, "a Close has an illegal code"}
	case !utf8.ValidString(reason):
		return 0, "", &violation{1007, "the reason of a Close is not valid UTF-8"}
	}
	return int(status), reason, nil
}

// closeCode is the code that Conn.Close makes of one.
func closeCode(code int) uint16 {
	if !validCode(code) && code != int(ws.StatusNoStatusRcvd) {
		return uint16(ws.StatusInternalServerError)
	}
	return uint16(code)
}

// closeBody makes the payload of a Close, as Conn.Close describes.
func closeBody(code int, reason string) []byte {
	if code == int(ws.StatusNoStatusRcvd) {
		return nil
	}
	body := binary.BigEndian.AppendUint16(make([]byte, 0, 2+len(reason)), closeCode(code))
	return append(body, cutText(strings.ToValidUTF8(reason, "\uFFFD"), maxReasonBytes)...)
}

// cutText shortens valid text to at most n bytes, between characters.
func cutText(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
