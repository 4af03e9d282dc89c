package scripting

import (
	"encoding/json"
	"fmt"
	"net/url"
	"sort"
	"strings"
	"sync"
	"unicode/utf16"

	"github.com/dop251/goja/file"
)

// segment says where one piece of the bundle came from. All counts from 0.
type segment struct {
	genLine, genCol   int
	source, line, col int
}

// mapJSON is a source map file.
type mapJSON struct {
	Version        int      `json:"version"`
	Sources        []string `json:"sources"`
	SourcesContent []string `json:"sourcesContent"`
	Mappings       string   `json:"mappings"`
}

// internalSource stands for what the bundler and the server added.
const internalSource = "sigil:internal"

// remap repairs the bundle's text and rewrites its source map for the engine:
// with columns in bytes, counted as the engine counts them, and with every
// line mapped, so that helpers of the bundler are not taken for the author's.
func (b *bundle) remap(o CompileOptions) error {
	var m mapJSON
	if err := json.Unmarshal(b.sourceMap, &m); err != nil {
		return fmt.Errorf("source map: %w", err)
	}
	segments, err := decodeMappings(m.Mappings)
	if err != nil {
		return err
	}
	lines := strings.Split(b.code, "\n")
	toBytes(segments, lines)
	edits := repairText(b.code)
	shift(segments, edits)
	b.code = applyEdits(b.code, edits)
	m.Sources = append(m.Sources, internalSource)
	m.SourcesContent = append(m.SourcesContent, "")
	b.segments = fill(segments, len(lines), len(m.Sources)-1)
	b.nameSources(&m)
	m.Mappings = encodeMappings(b.segments)
	b.sourceMap, err = json.Marshal(mapJSON{Version: 3, Sources: m.Sources, Mappings: m.Mappings})
	return err
}

// nameSources notes the sources by the name under which the engine will
// report them.
func (b *bundle) nameSources(m *mapJSON) {
	b.sources = make(map[string]*source, len(m.Sources))
	for i, name := range m.Sources {
		name = plainName(name)
		s := &source{name: name, internal: isInternal(name)}
		if i < len(m.SourcesContent) {
			s.content = m.SourcesContent[i]
		}
		s.outline = sync.OnceValue(func() *Outline { return outlineOf(s.content) })
		m.Sources[i] = escapePath(name)
		known := engineName(m.Sources[i])
		b.sources[known] = s
		b.names = append(b.names, known)
	}
}

// plainName is the path of a source that the bundler writes as a URL.
func plainName(name string) string {
	name = strings.TrimPrefix(name, "./")
	if path, err := url.PathUnescape(name); err == nil {
		return path
	}
	return name
}

func isInternal(name string) bool {
	return strings.HasPrefix(name, trustedPrefix)
}

// engineName is what the engine makes of a source's name.
func engineName(name string) string {
	if at := file.ResolveSourcemapURL(bundleName, name); at != nil {
		return at.String()
	}
	return name
}

func decodeMappings(text string) ([]segment, error) {
	r := vlqReader{text: text, values: vlqValues()}
	segments := make([]segment, 0, len(text)/5)
	var s segment
	for r.text != "" {
		switch r.text[0] {
		case ';':
			s.genLine, s.genCol = s.genLine+1, 0
			r.text = r.text[1:]
		case ',':
			r.text = r.text[1:]
		default:
			if err := readSegment(&r, &s); err != nil {
				return nil, err
			}
			segments = append(segments, s)
		}
	}
	return segments, nil
}

// readSegment reads a segment of four numbers, and a fifth, the name, that is
// not used.
func readSegment(r *vlqReader, s *segment) error {
	for i := 0; r.text != "" && r.text[0] != ',' && r.text[0] != ';'; i++ {
		n, err := r.next()
		if err != nil {
			return err
		}
		switch i {
		case 0:
			s.genCol += n
		case 1:
			s.source += n
		case 2:
			s.line += n
		case 3:
			s.col += n
		}
	}
	return nil
}

// encodeMappings writes segments in order. Columns come out one higher, as
// the engine looks up and reports columns counted from 1.
func encodeMappings(segments []segment) string {
	out := make([]byte, 0, len(segments)*6)
	var last segment
	for i, s := range segments {
		s.genCol++
		s.col++
		if i > 0 && last.genLine == s.genLine {
			out = append(out, ',')
		}
		for ; last.genLine < s.genLine; last.genLine++ {
			out = append(out, ';')
			last.genCol = 0
		}
		out = appendVLQ(out, s.genCol-last.genCol)
		out = appendVLQ(out, s.source-last.source)
		out = appendVLQ(out, s.line-last.line)
		out = appendVLQ(out, s.col-last.col)
		last = s
	}
	return string(out)
}

// toBytes turns the columns of the bundle from UTF-16 units into bytes.
func toBytes(segments []segment, lines []string) {
	for i := 0; i < len(segments); {
		line := segments[i].genLine
		end := i
		for end < len(segments) && segments[end].genLine == line {
			end++
		}
		if line < len(lines) && !isASCII(lines[line]) {
			for ; i < end; i++ {
				segments[i].genCol = byteColumn(lines[line], segments[i].genCol)
			}
		}
		i = end
	}
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func byteColumn(line string, units int) int {
	for i, r := range line {
		if units <= 0 {
			return i
		}
		units -= max(utf16.RuneLen(r), 1)
	}
	return len(line)
}

// fill maps every line from its first column on: to where its first segment
// leads, or to the internal source when it has none.
func fill(segments []segment, lines, internal int) []segment {
	out := make([]segment, 0, len(segments)+lines)
	next := 0
	for line := range lines {
		first := segment{genLine: line, source: internal}
		if next < len(segments) && segments[next].genLine == line {
			first = segments[next]
			first.genCol = 0
		}
		out = append(out, first)
		for next < len(segments) && segments[next].genLine == line {
			if segments[next].genCol > 0 {
				out = append(out, segments[next])
			}
			next++
		}
	}
	return out
}

// edit is text put into the bundle; it has no line end.
type edit struct {
	offset int // of the text before any edit
	line   int
	col    int
	text   string
}

// shift moves the segments behind each edit along. Edits are in order.
func shift(segments []segment, edits []edit) {
	for i := len(edits) - 1; i >= 0; i-- {
		e := edits[i]
		at := sort.Search(len(segments), func(k int) bool {
			s := &segments[k]
			return s.genLine > e.line || s.genLine == e.line && s.genCol > e.col
		})
		for ; at < len(segments) && segments[at].genLine == e.line; at++ {
			segments[at].genCol += len(e.text)
		}
	}
}

func applyEdits(text string, edits []edit) string {
	if len(edits) == 0 {
		return text
	}
	var b strings.Builder
	last := 0
	for _, e := range edits {
		b.WriteString(text[last:e.offset])
		b.WriteString(e.text)
		last = e.offset
	}
	b.WriteString(text[last:])
	return b.String()
}

// escapePath writes a source's name as the path of a URL, which the engine
// takes it for.
func escapePath(name string) string {
	if isInternal(name) {
		return name
	}
	return (&url.URL{Path: name}).EscapedPath()
}
