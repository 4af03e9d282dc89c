package server

import (
	"bytes"
	"net/http"
	"strconv"
	"time"
)

// reply is the answer to a request on a direct connection, until it is whole. It writes what net/http would write.
type reply struct {
	header http.Header // kept for the next answer
	status int
	body   []byte
	out    bytes.Buffer // kept for the next answer
	dated  int64        // the second that date is of
	date   string
}

// keptReply is how large a buffer is kept for the next answer.
const keptReply = 16 << 10

func (p *reply) reset() {
	if p.header == nil {
		p.header = make(http.Header, 8)
	}
	clear(p.header)
	p.status, p.body = 0, p.body[:0]
}

// shrink gives up buffers that are larger than is kept, once the answer has been taken: its client may be long in reading it.
func (p *reply) shrink() {
	if cap(p.body) > keptReply {
		p.body = nil
	}
	if p.out.Cap() > keptReply {
		p.out = bytes.Buffer{}
	}
}

// Header implements [http.ResponseWriter].
func (p *reply) Header() http.Header { return p.header }

// WriteHeader implements [http.ResponseWriter]. Informational answers are not sent.
func (p *reply) WriteHeader(status int) {
	if p.status == 0 && status >= 200 {
		p.status = status
	}
}

// Write implements [http.ResponseWriter].
func (p *reply) Write(data []byte) (int, error) {
	p.WriteHeader(http.StatusOK)
	p.body = append(p.body, data...)
	return len(data), nil
}

// FlushError, SetReadDeadline and SetWriteDeadline are for [http.ResponseController]: the connection has deadlines of its
// own.
func (p *reply) FlushError() error { return nil }

// SetReadDeadline does nothing.
func (p *reply) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (p *reply) SetWriteDeadline(time.Time) error { return nil }

// framed are the headers that wire writes itself.
var framed = map[string]bool{"Connection": true, "Content-Length": true, "Date": true, "Transfer-Encoding": true, "Trailer": true}

// wire is the whole answer, valid until the next one.
func (p *reply) wire(r *http.Request, last bool) []byte {
	p.WriteHeader(http.StatusOK)
	out := &p.out
	out.Reset()
	p.statusLine()
	p.sniff()
	_ = p.header.WriteSubset(out, framed) // a buffer takes everything
	p.field("Date", p.now())
	if length, ok := p.length(r); ok {
		p.field("Content-Length", length)
	}
	if last {
		p.field("Connection", "close")
	}
	out.WriteString("\r\n")
	if r.Method != http.MethodHead && hasBody(p.status) {
		out.Write(p.body)
	}
	return out.Bytes()
}

func (p *reply) statusLine() {
	out := &p.out
	out.WriteString("HTTP/1.1 ")
	out.WriteString(strconv.Itoa(p.status))
	out.WriteByte(' ')
	if text := http.StatusText(p.status); text != "" {
		out.WriteString(text)
	} else {
		out.WriteString("status code ")
		out.WriteString(strconv.Itoa(p.status))
	}
	out.WriteString("\r\n")
}

// sniff names the type of a body that nobody has named.
func (p *reply) sniff() {
	if _, named := p.header["Content-Type"]; !named && len(p.body) > 0 && hasBody(p.status) && p.header.Get("Content-Encoding") == "" {
		p.header.Set("Content-Type", http.DetectContentType(p.body))
	}
}

func (p *reply) field(name, value string) {
	out := &p.out
	out.WriteString(name)
	out.WriteString(": ")
	out.WriteString(value)
	out.WriteString("\r\n")
}

// length is what Content-Length says: what was set, as for an answer to HEAD, else the length of the body.
func (p *reply) length(r *http.Request) (string, bool) {
	if given := p.header["Content-Length"]; len(given) > 0 {
		return given[0], hasBody(p.status)
	}
	return strconv.Itoa(len(p.body)), hasBody(p.status) && (r.Method != http.MethodHead || len(p.body) > 0)
}

// now is the time for Date, made once a second.
func (p *reply) now() string {
	if given := p.header["Date"]; len(given) > 0 {
		return given[0]
	}
	now := time.Now()
	if second := now.Unix(); second != p.dated {
		p.dated, p.date = second, now.UTC().Format(http.TimeFormat)
	}
	return p.date
}

// hasBody reports whether an answer of that status may have a body and a length (RFC 9110 6.4.1, 8.6).
func hasBody(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}
