"""金融产品网络营销管理办法 (eight departments, in force since 2026-09-30)."""
