package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/dop251/goja"
)

// maxRedirects is how often one request is redirected (Fetch standard, 4.5).
const maxRedirects = 20

// exchange is one request and its answer.
type exchange struct {
	client   *client
	ctx      context.Context // ends when the script aborts, the runtime is closed, or all is over
	cancel   context.CancelCauseFunc
	redirect string // follow, error or manual
	upload   *upload
	body     []byte // of the request, when it is no stream
}

// newRequest reads the arguments of start.
func (x *exchange) newRequest(call goja.FunctionCall) (*http.Request, error) {
	target, err := url.Parse(call.Argument(1).String())
	if err != nil {
		return nil, fmt.Errorf("the URL cannot be used: %w", err)
	}
	if target.Scheme != "http" && target.Scheme != "https" {
		return nil, fmt.Errorf("the scheme %q is not supported", target.Scheme)
	}
	target.Fragment, target.RawFragment = "", ""
	request := (&http.Request{Method: call.Argument(0).String(), URL: target, Header: http.Header{}, Host: target.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}).WithContext(x.ctx)
	x.readHeaders(request, call.Argument(2))
	x.readBody(request, call.Argument(3))
	return request, nil
}

// ours are headers that the connection decides about.
var ours = map[string]bool{
	"Connection": true, "Content-Length": true, "Expect": true, "Host": true, "Keep-Alive": true, "Proxy-Connection": true,
	"Te": true, "Trailer": true, "Transfer-Encoding": true, "Upgrade": true,
}

func (x *exchange) readHeaders(request *http.Request, flat goja.Value) {
	var pairs []string
	_ = x.client.rt.VM().ExportTo(flat, &pairs)
	for i := 0; i+1 < len(pairs); i += 2 {
		if name := http.CanonicalHeaderKey(pairs[i]); !ours[name] {
			request.Header[name] = append(request.Header[name], isomorphic(pairs[i+1]))
		}
	}
	for name, value := range map[string]string{"Accept": "*/*", "Accept-Encoding": "gzip, deflate, zstd", "User-Agent": x.client.o.UserAgent} {
		if _, ok := request.Header[name]; !ok {
			request.Header.Set(name, value)
		}
	}
}

func (x *exchange) readBody(request *http.Request, body goja.Value) {
	switch v := body.Export().(type) {
	case bool:
		x.upload = newUpload(x.ctx)
		request.Body, request.ContentLength = x.upload, -1
		return
	case string:
		x.body = []byte(v)
	case goja.ArrayBuffer:
		x.body = bytes.Clone(v.Bytes())
	default:
		return
	}
	x.attach(request)
}

// attach gives a request the body that can be sent again.
func (x *exchange) attach(request *http.Request) {
	data := x.body
	request.ContentLength = int64(len(data))
	request.Body = http.NoBody
	if len(data) > 0 {
		request.Body = io.NopCloser(bytes.NewReader(data))
		request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
	}
}

// run is the exchange's goroutine until the header has come.
func (x *exchange) run(request *http.Request, settle func(func() (goja.Value, error))) {
	timer := time.AfterFunc(x.client.o.HeaderTime, func() { x.cancel(errNoHeader) })
	response, hops, err := x.follow(request)
	if !timer.Stop() && err == nil {
		_ = response.Body.Close()
		err = errNoHeader
	}
	if err == nil {
		err = decode(response)
	}
	if err != nil {
		x.over()
		cause := x.cause(err)
		settle(func() (goja.Value, error) { return nil, cause })
		return
	}
	d := newDownload(x, response.Body)
	settle(func() (goja.Value, error) { return x.answer(response, hops, d), nil })
}

// over gives the place back.
func (x *exchange) over() {
	x.cancel(nil)
	x.client.pending.Add(-1)
}

// cause prefers what ended the exchange to what the transport makes of it.
func (x *exchange) cause(err error) error {
	if cause := context.Cause(x.ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// follow sends the request and those that it is redirected to. hops is how many.
func (x *exchange) follow(request *http.Request) (response *http.Response, hops int, err error) {
	select {
	case x.client.slots <- struct{}{}:
		defer func() { <-x.client.slots }()
	case <-x.ctx.Done():
		return nil, 0, x.ctx.Err()
	}
	for {
		response, err = x.client.via.RoundTrip(request)
		if err != nil {
			return nil, hops, err
		}
		if x.redirect == "manual" || !isRedirect(response.StatusCode) {
			return response, hops, upgraded(response)
		}
		target, found, err := location(request.URL, response)
		switch {
		case x.redirect == "error":
			err = errRedirect
		case !found:
			return response, hops, nil
		}
		var next *http.Request
		if err == nil {
			next, err = x.next(request, response.StatusCode, target)
		}
		_, _ = io.CopyN(io.Discard, response.Body, 4<<10)
		_ = response.Body.Close()
		if hops++; err == nil && hops > maxRedirects {
			err = errRedirects
		}
		if err != nil {
			return nil, hops, err
		}
		request = next
	}
}

func isRedirect(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// upgraded is the error of an answer that is the end of HTTP on its connection.
func upgraded(response *http.Response) error {
	if response.StatusCode != http.StatusSwitchingProtocols {
		return nil
	}
	_ = response.Body.Close()
	return errUpgrade
}

// next is the request after a redirect (Fetch standard, 4.4).
func (x *exchange) next(request *http.Request, status int, target *url.URL) (*http.Request, error) {
	next := request.Clone(x.ctx)
	next.URL, next.Host = target, target.Host
	method := request.Method
	if (status == 301 || status == 302) && method == "POST" || status == 303 && method != "GET" && method != "HEAD" {
		dropBody(next)
		x.body, x.upload = nil, nil
	} else if x.upload != nil {
		return nil, errReplay
	} else if request.Body != nil {
		x.attach(next)
	}
	if !sameOrigin(request.URL, target) {
		for _, name := range []string{"Authorization", "Cookie", "Proxy-Authorization"} {
			next.Header.Del(name)
		}
	}
	return next, nil
}

func dropBody(request *http.Request) {
	request.Method, request.Body, request.GetBody, request.ContentLength = "GET", nil, nil, 0
	for _, name := range []string{"Content-Encoding", "Content-Language", "Content-Location", "Content-Type"} {
		request.Header.Del(name)
	}
}

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && portOf(a) == portOf(b)
}

func portOf(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}

func shorten(text string) string {
	if len(text) > 100 {
		return text[:100] + "..."
	}
	return text
}

// answer is what the script makes a Response of.
func (x *exchange) answer(response *http.Response, hops int, d *download) goja.Value {
	vm := x.client.rt.VM()
	object := vm.NewObject()
	flat := make([]any, 0, 2*len(response.Header))
	for name, values := range response.Header {
		for _, value := range values {
			flat = append(flat, strings.ToLower(name), latin1(value))
		}
	}
	_, text, _ := strings.Cut(response.Status, " ")
	for name, value := range map[string]any{
		"status": response.StatusCode, "statusText": text, "headers": vm.NewArray(flat...), "redirected": hops > 0,
		"url": response.Request.URL.String(), "empty": noBody(response),
	} {
		_ = object.Set(name, value)
	}
	for name, fn := range map[string]func(goja.FunctionCall) goja.Value{"read": d.read, "all": d.all, "cancel": d.stop} {
		_ = object.Set(name, x.client.rt.Native(name, 0, fn))
	}
	return object
}

// isomorphic gives a ByteString its bytes: one for each code unit, of which none is above U+00FF.
func isomorphic(text string) string {
	bytes := make([]byte, 0, len(text))
	for _, r := range text {
		bytes = append(bytes, byte(r))
	}
	return string(bytes)
}

// noBody says that an answer has none, not even an empty one (Fetch standard, 2.2.3).
func noBody(response *http.Response) bool {
	switch response.StatusCode {
	case http.StatusNoContent, http.StatusResetContent, http.StatusNotModified:
		return true
	}
	return response.Request.Method == http.MethodHead
}

// latin1 is a header's value as a ByteString: one code unit a byte.
func latin1(value string) string {
	for i := range len(value) {
		if value[i] >= 0x80 {
			runes := make([]rune, len(value))
			for j := range len(value) {
				runes[j] = rune(value[j])
			}
			return string(runes)
		}
	}
	return value
}
