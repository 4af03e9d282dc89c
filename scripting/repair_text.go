package scripting

import "strings"

// repairText finds what the engine's parser refuses although it is valid:
// class fields named get, set or async. They come out quoted. It knows the
// bundler's way of writing a class: each field ends in a semicolon.
func repairText(code string) []edit {
	if !strings.Contains(code, "class") {
		return nil
	}
	r := fieldRepair{lex: lexer{src: code}}
	r.run()
	return placeEdits(code, r.edits)
}

// fieldRepair follows the classes of a text.
type fieldRepair struct {
	lex     lexer
	edits   []edit
	pending []int        // how many brackets were open at each class keyword whose body is to come
	bodies  map[int]bool // the class bodies that are open, by how many brackets are open inside
}

func (r *fieldRepair) run() {
	r.bodies = make(map[int]bool)
	start := false // at the start of a class element
	t := r.lex.next()
	for t.kind != tokenEnd {
		before := len(r.lex.brackets)
		following := r.lex.next()
		if start && r.bodies[before] && t.kind == tokenWord {
			if isAccessorWord(t.text) && endsName(following) {
				r.edits = append(r.edits, edit{offset: t.at, text: `"`}, edit{offset: t.at + len(t.text), text: `"`})
			}
			start = t.text == "static"
		} else {
			start = r.follow(t, following, before)
		}
		t = following
	}
}

// follow keeps track of classes. It reports whether a class element starts
// behind t; depth is how many brackets are open behind t.
func (r *fieldRepair) follow(t, following token, depth int) bool {
	switch {
	case t.kind == tokenWord && t.text == "class":
		if following.kind == tokenWord || following.is("{") {
			r.pending = append(r.pending, depth)
		}
	case t.is("{"):
		delete(r.bodies, depth)
		if n := len(r.pending); n > 0 && r.pending[n-1] == depth-1 {
			r.pending = r.pending[:n-1]
			r.bodies[depth] = true
			return true
		}
	case t.is("}"):
		delete(r.bodies, depth+1)
		return r.bodies[depth]
	case t.is(";"):
		return r.bodies[depth]
	case t.kind == tokenPunct && (t.text == "(" || t.text == "["):
		delete(r.bodies, depth)
	}
	return false
}

func isAccessorWord(word string) bool {
	return word == "get" || word == "set" || word == "async"
}

// endsName reports whether t shows that the word before it was a field's name.
func endsName(t token) bool { return t.is("=") || t.is(";") || t.is("}") }

// placeEdits finds the line and the column of each edit.
func placeEdits(code string, edits []edit) []edit {
	line, start := 0, 0
	for i := range edits {
		for {
			end := strings.IndexByte(code[start:], '\n')
			if end < 0 || start+end >= edits[i].offset {
				break
			}
			line, start = line+1, start+end+1
		}
		edits[i].line, edits[i].col = line, edits[i].offset-start
	}
	return edits
}
