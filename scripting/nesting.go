package scripting

// Bounds of nested source text. Both the bundler's parser and the engine's
// recurse, and a Go program cannot survive the end of its stack.
const (
	// maxOpenBrackets bounds brackets in brackets.
	maxOpenBrackets = 1000
	// maxChain bounds the operators and keywords of one expression or
	// statement, in which each may be nested in the one before.
	maxChain = 20000
)

// tooDeep returns the offset at which a text is nested too deep, or -1.
func tooDeep(text string) int {
	n := nesting{lex: lexer{src: text}}
	for t := n.lex.next(); t.kind != tokenEnd; t = n.lex.next() {
		n.token(t)
		if len(n.outer) > maxOpenBrackets || n.total > maxChain {
			return t.at
		}
	}
	return -1
}

// nesting estimates how deep a parser recurses. Between brackets, every
// operator since the last separator may be one level.
type nesting struct {
	lex     lexer
	outer   []int // the chains of the enclosing brackets
	chain   int   // operators in the present expression or statement
	total   int   // chain and outer together
	ended   int   // the chain that the last separator ended
	operand bool  // the token before was, or ended, an operand
}

func (n *nesting) token(t token) {
	operand := t.kind == tokenLiteral || t.kind == tokenWord && !isKeyword(t.text)
	tagged := t.kind == tokenLiteral && t.text[0] == '`' && n.operand
	adjacent := operand && n.operand && !tagged // two operands in a row: a new statement
	n.operand = operand
	switch open := len(n.lex.brackets); {
	case open > len(n.outer):
		n.outer = append(n.outer, n.chain+1)
		n.chain, n.total = 0, n.total+1
	case open < len(n.outer):
		n.close(t)
	case t.is(";") || t.is(",") || adjacent:
		n.separate()
	case t.is("else"):
		n.set(n.ended + 1)
	case tagged, !operand && t.kind != tokenTemplate:
		n.set(n.chain + 1)
	}
}

func (n *nesting) close(t token) {
	last := len(n.outer) - 1
	n.total -= n.chain
	n.chain = n.outer[last]
	n.outer = n.outer[:last]
	n.operand = true
	if t.is("}") {
		n.operand = false
		n.separate()
	}
}

func (n *nesting) set(chain int) {
	n.total += chain - n.chain
	n.chain = chain
}

func (n *nesting) separate() {
	n.ended = n.chain
	n.set(0)
}

// isKeyword reports whether a word is an operator or begins a statement.
func isKeyword(word string) bool {
	switch word {
	case "if", "for", "while", "with", "var", "let", "const", "function", "class", "async":
		return true
	}
	return expressionFollows(word)
}
