package types

// LexBot is a bot of classic Amazon Lex.
type LexBot struct {
	LexRegion *string `wire:"required,len=0..60"`
	Name      *string `wire:"required,len=0..50"`
}

// LexV2Bot is an alias of a bot of Amazon Lex V2.
type LexV2Bot struct {
	AliasArn *string `wire:"len=1..100"`
}

// LexBotConfig is a bot of one of the two: one member is set.
type LexBotConfig struct {
	LexBot   *LexBot
	LexV2Bot *LexV2Bot
}

// LexVersion tells classic Amazon Lex from Amazon Lex V2.
type LexVersion string

// Values of LexVersion.
const (
	LexVersionV1 LexVersion = "V1"
	LexVersionV2 LexVersion = "V2"
)

// Values returns all known values.
func (LexVersion) Values() []LexVersion { return []LexVersion{LexVersionV1, LexVersionV2} }
