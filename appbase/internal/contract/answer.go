package contract

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// CheckAnswer lists in which ways an answer breaks what the operation declares; none when it keeps it. Whole says that body
// is all of it; else only status and headers are looked at.
func (o *Operation) CheckAnswer(status int, header http.Header, body []byte, whole bool) (wrong []string) {
	a := o.answerFor(status)
	if a == nil {
		return []string{fmt.Sprintf("the status %d is not declared", status)}
	}
	for _, p := range a.headers {
		wrong = append(wrong, p.checkHeader(header)...)
	}
	return append(wrong, a.checkBody(header.Get("Content-Type"), body, whole)...)
}

// answerFor is what is declared of a status: itself before its hundred, and that before the default.
func (o *Operation) answerFor(status int) (best *answer) {
	text := strconv.Itoa(status)
	for _, wanted := range []string{text, text[:1] + "XX", "DEFAULT"} {
		for _, a := range o.answers {
			if a.status == wanted {
				return a
			}
		}
	}
	return nil
}

func (p *parameter) checkHeader(header http.Header) []string {
	lines := header.Values(p.name)
	if len(lines) == 0 {
		if p.required {
			return []string{"the header " + p.name + " is missing"}
		}
		return nil
	}
	text := strings.Join(lines, ",")
	value := p.shape.fromText(text, ",", p.explode, strings.TrimSpace)
	if p.json {
		value = p.fromJSON(text)
	}
	if p.schema == nil {
		return nil
	}
	return told("the header "+p.name, p.schema.Validate(value))
}

func (a *answer) checkBody(contentType string, body []byte, whole bool) []string {
	switch {
	case len(a.body.media) == 0 && whole && len(body) > 0:
		return []string{"a body is not declared"}
	case len(a.body.media) == 0:
		return nil
	case whole && len(body) == 0 && contentType == "":
		return []string{"the body is missing; it is to be " + a.body.kinds()}
	}
	m := a.body.match(contentType)
	if m == nil {
		return []string{"the body is to be " + a.body.kinds() + ", not " + short(contentType)}
	}
	if !whole || m.schema == nil || !isValue(contentType) {
		return nil
	}
	value, _, err := m.value(contentType, string(body))
	if err != nil {
		return []string{"the body " + err.Error()}
	}
	return told("the body", m.schema.Validate(value))
}

// told says of each cause of a failure where it is.
func told(what string, err error) (list []string) {
	var failed *jsonschema.ValidationError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &failed):
		return []string{what + ": " + err.Error()}
	}
	for _, leaf := range leaves(failed) {
		where := what
		if len(leaf.InstanceLocation) > 0 {
			where += " at " + fragment(leaf.InstanceLocation)
		}
		list = append(list, where+": "+english(leaf))
	}
	return list
}
