package types

import (
	"time"
)

// Prompt is a recording by name.
type Prompt struct {
	Description        *string
	LastModifiedRegion *string
	LastModifiedTime   *time.Time
	Name               *string
	PromptARN          *string
	PromptId           *string
	Tags               map[string]string
}

// PromptSummary is a prompt in a list.
type PromptSummary struct {
	Arn                *string
	Id                 *string
	LastModifiedRegion *string
	LastModifiedTime   *time.Time
	Name               *string
}

// PromptSearchCriteria are met by prompts.
type PromptSearchCriteria struct {
	AndConditions   []PromptSearchCriteria
	OrConditions    []PromptSearchCriteria
	StringCondition *StringCondition
}

// PromptSearchFilter narrows a search for prompts by tags.
type PromptSearchFilter struct {
	TagFilter *ControlPlaneTagFilter
}
