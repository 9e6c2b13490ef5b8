defmodule Notifications.MixProject do
  use Mix.Project

  def project, do: [app: :notifications, version: "1.9.0", elixir: "~> 1.19"]
end
