package storage

import (
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

// statement is one of the statements of a script.
type statement struct {
	text string
	line int      // of its first token, from 1
	at   int      // its offset in the script
	head []string // its first words, in capitals, at most three
}

// split takes a script apart at its semicolons. Those inside literals, comments, and the bodies of triggers do not count.
// Parts without anything but comments are left out.
func split(script string) []statement {
	var found []statement
	s := splitter{lexer: lexer{text: script}}
	for {
		part, ok := s.part()
		if part.text != "" {
			part.line = 1 + strings.Count(script[:part.at], "\n")
			found = append(found, part)
		}
		if !ok {
			return found
		}
	}
}

type splitter struct {
	lexer lexer
}

// part reads up to the next semicolon that ends a statement; false when the script ended instead.
func (s *splitter) part() (statement, bool) {
	var p statement
	from, to, trigger, lastWord := -1, 0, false, ""
	for {
		t, ok := s.lexer.next()
		text := s.lexer.text[t.from:t.to]
		ends := ok && t.kind == tokenOther && text == ";" && (!trigger || lastWord == "END")
		if !ok || ends {
			if from >= 0 {
				p.text, p.at = s.lexer.text[from:to], from
			}
			return p, ok
		}
		if t.kind == tokenComment {
			continue
		}
		if from < 0 {
			from = t.from
		}
		to, lastWord = t.to, ""
		if t.kind == tokenWord {
			lastWord = strings.ToUpper(text)
			if len(p.head) < 3 {
				p.head = append(p.head, lastWord)
				trigger = trigger || isTrigger(p.head)
			}
		} else if text == ";" {
			lastWord = ";"
		}
	}
}

// isTrigger reports whether the first words begin a trigger of SQLite, whose body holds statements.
func isTrigger(head []string) bool {
	return head[0] == "CREATE" && (head[len(head)-1] == "TRIGGER" && len(head) <= 3)
}

// readable are the pragmas that only tell something, in the forms that apps may use.
var readable = map[string]bool{
	"TABLE_INFO": true, "TABLE_XINFO": true, "TABLE_LIST": true, "INDEX_LIST": true, "INDEX_INFO": true, "INDEX_XINFO": true,
	"FOREIGN_KEY_LIST": true, "FOREIGN_KEY_CHECK": true, "INTEGRITY_CHECK": true, "QUICK_CHECK": true, "COMPILE_OPTIONS": true,
	"FUNCTION_LIST": true, "COLLATION_LIST": true,
}

// allowed refuses statements that would change the connection under other callers, reach other files, or leave a
// transaction open.
func allowed(query string, inTx bool) *Error {
	for _, s := range split(query) {
		if len(s.head) == 0 {
			continue
		}
		switch head := s.head[0]; head {
		case "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "PREPARE":
			if head == "ROLLBACK" && inTx && len(s.head) > 1 && s.head[1] == "TO" {
				continue
			}
			return invalid("%s: transactions are made by db.tx, and end with its function", head)
		case "SAVEPOINT", "RELEASE":
			if !inTx {
				return invalid("%s is for inside of a transaction", head)
			}
		case "ATTACH", "DETACH", "VACUUM", "LISTEN", "UNLISTEN", "COPY", "DISCARD", "RESET", "LOAD":
			return invalid("%s is not for apps", head)
		case "SET":
			if len(s.head) < 2 || s.head[1] != "LOCAL" || !inTx {
				return invalid("SET would stay with the connection; use SET LOCAL in a transaction")
			}
		case "PRAGMA":
			if len(s.head) < 2 || !readable[s.head[1]] {
				return invalid("this PRAGMA is not for apps")
			}
		}
	}
	return nil
}
