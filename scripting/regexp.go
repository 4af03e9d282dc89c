package scripting

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// expandPattern writes the property escapes of a regular expression out as
// ranges: the engine takes \p{...} for the letter p and silently never
// matches. Without the flag u or v an escape means the letter, and stays.
func expandPattern(pattern, flags string) (string, error) {
	if !strings.ContainsAny(flags, "uv") || !strings.Contains(pattern, `\p`) && !strings.Contains(pattern, `\P`) {
		return pattern, nil
	}
	var b strings.Builder
	inClass := false
	for i := 0; i < len(pattern); {
		switch c := pattern[i]; {
		case c == '\\' && i+1 < len(pattern):
			n, err := expandEscape(&b, pattern[i:], inClass)
			if err != nil {
				return "", err
			}
			i += n
			continue
		case c == '[':
			inClass = true
		case c == ']':
			inClass = false
		}
		b.WriteByte(pattern[i])
		i++
	}
	return b.String(), nil
}

// expandEscape writes the escape at the start of s, and returns its length.
func expandEscape(b *strings.Builder, s string, inClass bool) (int, error) {
	if s[1] != 'p' && s[1] != 'P' {
		_, size := utf8.DecodeRuneInString(s[1:])
		b.WriteString(s[:1+size])
		return 1 + size, nil
	}
	end := strings.IndexByte(s, '}')
	if len(s) < 3 || s[2] != '{' || end < 0 {
		return 0, fmt.Errorf("invalid regular expression: invalid property name after %s", s[:2])
	}
	set, err := property(s[3:end])
	if err != nil {
		return 0, err
	}
	if s[1] == 'P' {
		set = set.complement()
	}
	if inClass {
		set.write(b)
	} else {
		b.WriteByte('[')
		set.write(b)
		b.WriteByte(']')
	}
	return end + 1, nil
}

// property is the set of a property expression: "L", "Lu", "Script=Greek".
func property(expression string) (runeSet, error) {
	name, value, found := strings.Cut(expression, "=")
	if !found {
		value = name
		if table, ok := unicode.Categories[shortCategory(value)]; ok {
			return setOf(table), nil
		}
		if set, ok := binaryProperty(name); ok {
			return set, nil
		}
		return nil, fmt.Errorf("invalid regular expression: unknown property \\p{%s}", expression)
	}
	switch name {
	case "Script", "sc", "Script_Extensions", "scx":
		if table, ok := unicode.Scripts[value]; ok {
			return setOf(table), nil
		}
	case "General_Category", "gc":
		if table, ok := unicode.Categories[shortCategory(value)]; ok {
			return setOf(table), nil
		}
	}
	return nil, fmt.Errorf("invalid regular expression: unknown property \\p{%s}", expression)
}

// binaryProperty is a property without a value. Those the standard library
// has no table of are derived as UAX 44 says.
func binaryProperty(name string) (runeSet, bool) {
	p, c := unicode.Properties, unicode.Categories
	switch name {
	case "Any":
		return runeSet{{0, unicode.MaxRune}}, true
	case "ASCII":
		return runeSet{{0, unicode.MaxASCII}}, true
	case "Assigned":
		return assigned(), true
	case "Alphabetic", "Alpha":
		return setOf(c["L"], c["Nl"], p["Other_Alphabetic"]), true
	case "Lowercase", "Lower":
		return setOf(c["Ll"], p["Other_Lowercase"]), true
	case "Uppercase", "Upper":
		return setOf(c["Lu"], p["Other_Uppercase"]), true
	case "Math":
		return setOf(c["Sm"], p["Other_Math"]), true
	case "ID_Start", "IDS", "XID_Start", "XIDS":
		return setOf(c["L"], c["Nl"], p["Other_ID_Start"]), true
	case "ID_Continue", "IDC", "XID_Continue", "XIDC":
		return setOf(c["L"], c["Nl"], c["Mn"], c["Mc"], c["Nd"], c["Pc"], p["Other_ID_Start"], p["Other_ID_Continue"]), true
	}
	if ranges, ok := emojiRanges()[name]; ok {
		return parseRanges(ranges), true
	}
	if table, ok := p[name]; ok && !strings.HasPrefix(name, "Other_") {
		return setOf(table), true
	}
	return nil, false
}

// assigned is every code point of a category but Cn.
func assigned() runeSet {
	c := unicode.Categories
	return setOf(c["L"], c["M"], c["N"], c["P"], c["S"], c["Z"], c["Cc"], c["Cf"], c["Cs"], c["Co"])
}

// shortCategory is the short name of a general category.
func shortCategory(name string) string {
	if short, ok := categoryNames()[name]; ok {
		return short
	}
	return name
}

func categoryNames() map[string]string {
	return map[string]string{
		"Letter": "L", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Titlecase_Letter": "Lt",
		"Modifier_Letter": "Lm", "Other_Letter": "Lo", "Mark": "M", "Combining_Mark": "M",
		"Nonspacing_Mark": "Mn", "Spacing_Mark": "Mc", "Enclosing_Mark": "Me", "Number": "N",
		"Decimal_Number": "Nd", "digit": "Nd", "Letter_Number": "Nl", "Other_Number": "No",
		"Punctuation": "P", "punct": "P", "Connector_Punctuation": "Pc", "Dash_Punctuation": "Pd",
		"Open_Punctuation": "Ps", "Close_Punctuation": "Pe", "Initial_Punctuation": "Pi",
		"Final_Punctuation": "Pf", "Other_Punctuation": "Po", "Symbol": "S", "Math_Symbol": "Sm",
		"Currency_Symbol": "Sc", "Modifier_Symbol": "Sk", "Other_Symbol": "So", "Separator": "Z",
		"Space_Separator": "Zs", "Line_Separator": "Zl", "Paragraph_Separator": "Zp", "Other": "C",
		"Control": "Cc", "cntrl": "Cc", "Format": "Cf", "Surrogate": "Cs", "Private_Use": "Co",
	}
}

// parseRanges reads hexadecimal ranges, "a-f 20", in order.
func parseRanges(text string) runeSet {
	var set runeSet
	for _, field := range strings.Fields(text) {
		low, high, found := strings.Cut(field, "-")
		if !found {
			high = low
		}
		from, _ := strconv.ParseUint(low, 16, 32)
		to, _ := strconv.ParseUint(high, 16, 32)
		set = append(set, runeRange{rune(from), rune(to)})
	}
	return set
}
