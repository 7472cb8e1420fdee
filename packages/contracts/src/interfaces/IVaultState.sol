// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ICircuitBreaker} from "./ICircuitBreaker.sol";
import {IPriceOracle} from "./IPriceOracle.sol";

/// @title State of the Vault that its parts share
interface IVaultState {
    function asset() external view returns (IERC20);

    /// @notice WAD per one unit of the collateral token: 10^(18 - decimals).
    function assetScale() external view returns (uint256);

    function clearingHouse() external view returns (address);

    /// @notice The contract that deleverages accounts and settles markets.
    function backstop() external view returns (address);

    /// @notice The circuit breaker that meters outflows. Zero for an exchange without one.
    function breaker() external view returns (ICircuitBreaker);

    function oracle() external view returns (IPriceOracle);

    function fundOf(address account) external view returns (uint256 amountXCD);

    /// @notice Limit on the booked collateral after a deposit, XCD: the funds, escrows and market balances that accounts
    /// own. Zero is no limit. Tokens that were transferred to the Vault and that no account booked do not count, unless
    /// they arrived before the owner set the first cap. It binds deposits to funds, to margin and to LP vaults that keep
    /// their assets in the Vault. It does not bind the margin of an open position up to its notional
    /// ({depositToMargin}), the proceeds of hedges and a quote vault's transfers into its margin. Assets that an LP vault
    /// keeps itself (base, or the balance of a quote vault) are bound by the LP vault's own cap.
    function depositCap() external view returns (uint256 capXCD);
}
