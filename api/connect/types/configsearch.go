package types

// The common grammar of searches for resources of an instance: criteria nest, and a filter looks at tags (ControlPlaneTagFilter).

// StringCondition is met by a text of a resource.
type StringCondition struct {
	ComparisonType StringComparisonType
	// FieldName is name, description or resourceID.
	FieldName *string
	// Value is compared without case.
	Value *string
}

// StringComparisonType is how a text is compared.
type StringComparisonType string

// Values of StringComparisonType.
const (
	StringComparisonTypeStartsWith StringComparisonType = "STARTS_WITH"
	StringComparisonTypeContains   StringComparisonType = "CONTAINS"
	StringComparisonTypeExact      StringComparisonType = "EXACT"
)

// Values returns all known values.
func (StringComparisonType) Values() []StringComparisonType {
	return []StringComparisonType{
		StringComparisonTypeStartsWith,
		StringComparisonTypeContains,
		StringComparisonTypeExact,
	}
}

// ContactFlowSearchCriteria are met by flows.
type ContactFlowSearchCriteria struct {
	AndConditions   []ContactFlowSearchCriteria
	OrConditions    []ContactFlowSearchCriteria
	StateCondition  ContactFlowState
	StatusCondition ContactFlowStatus
	StringCondition *StringCondition
	TypeCondition   ContactFlowType
}

// ContactFlowSearchFilter narrows a search for flows by tags and types.
type ContactFlowSearchFilter struct {
	FlowAttributeFilter *ContactFlowAttributeFilter
	TagFilter           *ControlPlaneTagFilter
}

// ContactFlowAttributeFilter is met by tags and types of flows.
type ContactFlowAttributeFilter struct {
	AndCondition             *ContactFlowAttributeAndCondition
	ContactFlowTypeCondition *ContactFlowTypeCondition
	// OrConditions are lists of conditions, of which all of one have to be met.
	OrConditions []ContactFlowAttributeAndCondition
	TagCondition *TagCondition
}

// ContactFlowAttributeAndCondition is met by flows that have all the tags and the type.
type ContactFlowAttributeAndCondition struct {
	ContactFlowTypeCondition *ContactFlowTypeCondition
	TagConditions            []TagCondition
}

// ContactFlowTypeCondition is met by flows of a type.
type ContactFlowTypeCondition struct {
	ContactFlowType ContactFlowType
}

// ContactFlowModuleSearchCriteria are met by flow modules.
type ContactFlowModuleSearchCriteria struct {
	AndConditions   []ContactFlowModuleSearchCriteria
	OrConditions    []ContactFlowModuleSearchCriteria
	StateCondition  ContactFlowModuleState
	StatusCondition ContactFlowModuleStatus
	StringCondition *StringCondition
}

// ContactFlowModuleSearchFilter narrows a search for flow modules by tags.
type ContactFlowModuleSearchFilter struct {
	TagFilter *ControlPlaneTagFilter
}
