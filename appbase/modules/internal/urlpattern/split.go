package urlpattern

import "fmt"

// Part is a component of a URL.
type Part int

// The components in the order in which they stand in a URL.
const (
	Protocol Part = iota
	Username
	Password
	Hostname
	Port
	Pathname
	Search
	Hash
	Parts // how many there are

	authority = Parts + iota // states of a splitter that are no component
	begin
	done
)

// Init is a pattern for each component; nil where none is given.
type Init [Parts]*string

// splitter cuts the pattern for a whole URL into those of its components (1.6).
type splitter struct {
	input     []rune
	tokens    []token
	special   func(protocol string) (bool, error)
	result    Init
	state     Part
	start, at int // tokens: the component's first, the present one
	step      int
	braces    int
	brackets  int  // of an IPv6 address
	isSpecial bool // the protocol may be one whose URLs have an authority
}

// Split cuts a pattern such as "https://*.example.com/items/:id" into those of its components. special tells whether a
// protocol's pattern matches http, https, ws, wss, ftp or file.
func Split(pattern string, special func(protocol string) (bool, error)) (Init, error) {
	if len(pattern) > MaxBytes {
		return Init{}, fmt.Errorf("the pattern is longer than %d bytes", MaxBytes)
	}
	input := []rune(pattern)
	tokens, err := tokenize(input, true)
	if err != nil {
		return Init{}, err
	}
	s := splitter{input: input, tokens: tokens, special: special, state: begin}
	for s.at < len(tokens) && s.state != done {
		s.step = 1
		if err := s.next(); err != nil {
			return Init{}, err
		}
		s.at += s.step
	}
	if s.result[Hostname] != nil && s.result[Port] == nil {
		s.result[Port] = new(string)
	}
	return s.result, nil
}

func (s *splitter) next() error {
	switch s.tokens[s.at].kind {
	case tokenEnd:
		s.end()
		return nil
	case tokenOpen:
		s.braces++
		return nil
	case tokenClose:
		if s.braces > 0 {
			s.braces--
		}
	}
	if s.braces > 0 {
		return nil
	}
	return s.read()
}

// end is what the end of the pattern means: perhaps that what came before was something else.
func (s *splitter) end() {
	switch s.state {
	case begin:
		s.rewind(begin)
		switch {
		case s.is(s.at, "#"):
			s.change(Hash, 1)
		case s.isSearch():
			s.change(Search, 1)
		default:
			s.change(Pathname, 0)
		}
	case authority:
		s.rewind(Hostname)
	default:
		s.change(done, 0)
	}
}

func (s *splitter) read() error {
	switch s.state {
	case begin:
		if s.is(s.at, ":") {
			s.rewind(Protocol)
		}
	case Protocol:
		return s.protocol()
	case authority, Username, Password:
		s.user()
	case Hostname:
		s.hostname()
	case Port:
		s.behindHost()
	case Pathname, Search:
		s.behindPath()
	}
	return nil
}

func (s *splitter) protocol() (err error) {
	if !s.is(s.at, ":") {
		return nil
	}
	if s.isSpecial, err = s.special(s.component()); err != nil {
		return err
	}
	switch {
	case s.is(s.at+1, "/") && s.is(s.at+2, "/"):
		s.change(authority, 3)
	case s.isSpecial:
		s.change(authority, 1)
	default:
		s.change(Pathname, 1)
	}
	return nil
}

// user reads what may stand before the host.
func (s *splitter) user() {
	switch {
	case s.state == authority && s.is(s.at, "@"):
		s.rewind(Username)
	case s.state == authority && (s.is(s.at, "/") || s.isSearch() || s.is(s.at, "#")):
		s.rewind(Hostname)
	case s.state == Username && s.is(s.at, ":"):
		s.change(Password, 1)
	case s.state != authority && s.is(s.at, "@"):
		s.change(Hostname, 1)
	}
}

func (s *splitter) hostname() {
	switch {
	case s.is(s.at, "["):
		s.brackets++
	case s.is(s.at, "]"):
		s.brackets--
	case s.is(s.at, ":") && s.brackets == 0:
		s.change(Port, 1)
	default:
		s.behindHost()
	}
}

func (s *splitter) behindHost() {
	if s.is(s.at, "/") {
		s.change(Pathname, 0)
		return
	}
	s.behindPath()
}

func (s *splitter) behindPath() {
	switch {
	case s.state != Search && s.isSearch():
		s.change(Search, 1)
	case s.is(s.at, "#"):
		s.change(Hash, 1)
	}
}

// rewind reads the component again as another.
func (s *splitter) rewind(state Part) { s.at, s.step, s.state = s.start, 0, state }

// change ends a component. The next begins behind so many tokens.
func (s *splitter) change(next Part, skip int) {
	if s.state < Parts {
		text := s.component()
		s.result[s.state] = &text
	}
	if s.state != begin && next < Parts {
		s.fill(next)
	}
	s.state = next
	s.at += skip
	s.start, s.step = s.at, 0
}

// fill notes as empty what is left out between two components.
func (s *splitter) fill(next Part) {
	state := s.state
	if state == authority {
		state = Password
	}
	if state < Hostname && next >= Port && s.result[Hostname] == nil {
		s.result[Hostname] = new(string)
	}
	if state < Pathname && next >= Search && s.result[Pathname] == nil {
		path := ""
		if s.isSpecial {
			path = "/"
		}
		s.result[Pathname] = &path
	}
	if state < Search && next == Hash && s.result[Search] == nil {
		s.result[Search] = new(string)
	}
}

// component is the text of the present one, up to the present token.
func (s *splitter) component() string {
	return string(s.input[s.token(s.start).at:s.tokens[s.at].at])
}

func (s *splitter) token(at int) token { return s.tokens[min(at, len(s.tokens)-1)] }

// is tells whether a token is a character that separates components.
func (s *splitter) is(at int, char string) bool {
	t := s.token(at)
	return t.value == char && (t.kind == tokenChar || t.kind == tokenEscaped || t.kind == tokenInvalid)
}

// isSearch tells whether the present token is a question mark that is no modifier.
func (s *splitter) isSearch() bool {
	if s.is(s.at, "?") {
		return true
	}
	if s.tokens[s.at].value != "?" {
		return false
	}
	if s.at == 0 {
		return true
	}
	switch s.tokens[s.at-1].kind {
	case tokenName, tokenRegexp, tokenClose, tokenAsterisk:
		return false
	}
	return true
}
