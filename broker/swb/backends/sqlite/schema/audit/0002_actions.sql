-- compatible-with: 1

-- Finds the steps of approvals among everything else that is entered.
CREATE INDEX entries_by_action ON entries (action, at);
