module "production" {
  source = "./modules/cluster"
  nodes  = 3
}

module "staging" {
  source = "./modules/cluster"
  nodes  = 1
}
