"""证券期货经营机构私募资产管理计划运作管理规定 (asset-management plans of securities and futures institutions)."""
