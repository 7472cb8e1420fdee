// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IClearingHouse} from "./IClearingHouse.sol";
import {IMarketBound} from "./IMaker.sol";
import {IVault} from "./IVault.sol";

/// @title The share of an LP vault: its rules, events and errors
/// @dev Implemented by the storage contract of every maker and module.
interface ILpVault is IERC20, IMarketBound {
    /// @dev One storage word.
    struct LpRules {
        /// @dev Maximum value of all shares after a deposit, in the asset's own decimals.
        uint128 depositCap;
        /// @dev Entry and exit fee, ppm of the amount. It stays in the LP vault.
        uint24 requestFee;
        /// @dev Never reset once true.
        bool isWhitelistEnded;
    }

    /// @notice `depositor` paid for the shares. The ERC-20 transfer of the shares names their receiver. WAD shares;
    /// `underlying` in the asset's own decimals.
    event Deposited(address depositor, uint256 shares, uint256 underlying);
    /// @notice `withdrawer` held the shares. WAD shares; `underlying` in the asset's own decimals, after the exit fee.
    event Withdrawn(address withdrawer, uint256 shares, uint256 underlying);
    /// @notice The entry or exit fee that `lp` left in the LP vault: `feeXCD` in the asset's own decimals,
    /// `quoteFeeXCD` in the collateral's.
    event LpFeeKept(address indexed lp, bool isDeposit, uint256 feeXCD, uint256 quoteFeeXCD);
    /// @notice `effectiveAt` in seconds; zero for a revocation.
    event WhitelistLpSet(address indexed lp, bool approved, uint256 effectiveAt);
    event WhitelistEnded();
    /// @notice `depositCap` in the asset's own decimals, `requestFee` ppm.
    event LpRulesSet(uint256 depositCap, uint256 requestFee);
    /// @notice The value at which a request settled, before its deposit or redemption changed it: WAD of the asset, WAD
    /// shares, and the price, WAD quote per base. The price is zero where the value needs none. A redemption without a price
    /// from a flat hedged vault that also holds the other token emits no value.
    event SharesValued(uint256 totalAssets, uint256 totalShares, uint256 price);

    error NotWhitelistLp(address caller);
    error NotRequestVault(address caller, address requestVault);
    /// @notice The request vault can be set once only.
    error RequestVaultExists(address requestVault);
    /// @notice The request vault was deployed for another share.
    error WrongShare(address share, address expected);
    /// @notice The immediate path would need a price, which the caller may know better than the LP vault; or the caller could
    /// enter or leave an OracleMaker around an order that is visible (T59). `size` is the LP vault's position, WAD base.
    error UseRequest(address requestVault, int256 size);
    /// @notice In shares for a deposit, in the asset's own decimals for a withdrawal.
    error LessThanMinimum(uint256 amount, uint256 minimum);
    /// @notice The LP vault owes more than it holds: its shares have no price.
    error VaultInsolvent(int256 totalAssets);
    error RatioOutOfRange(uint256 ratio, uint256 minRatio, uint256 maxRatio);
    /// @notice In the asset's own decimals.
    error LpDepositCapExceeded(uint256 amount, uint256 room);
    /// @notice The LP vault can pay for none of the shares now: its assets are bound as margin. WAD shares.
    error NothingPayable(uint256 shares);

    /// @notice Sets the request vault, once. It deposits and withdraws for LPs with requests. Owner only. Reverts with
    /// `WrongShare` for the request vault of another share.
    function setRequestVault(address requestVault_) external;

    /// @notice Approves an LP for the immediate {ILpActions-deposit} and {ILpActions-withdraw}, or withdraws the approval.
    /// Owner only.
    function setWhitelistLp(address lp, bool approved) external;

    /// @notice Ends the whitelist for good: no account is trusted with timing any more. From then on an OracleMaker admits
    /// requests only, until its market is settled (T59). Owner only. Reverts with `ZeroAddress` without a request vault,
    /// because LPs could not leave.
    function endWhitelist() external;

    /// @notice Sets the deposit cap, in the asset's own decimals, and the entry and exit fee, ppm. Owner only. Lowering the
    /// cap forces no withdrawals. Pending requests pay the fee that is in force at their settlement; their minimum
    /// protects them.
    function setLpRules(uint128 depositCap, uint24 requestFee) external;

    /// @notice Transfers shares of `holder` to the request vault. Spends the holder's allowance to `spender` unless both
    /// are the same. Request vault only.
    function takeShares(address holder, address spender, uint256 shares) external;

    /// @notice The request vault, or zero before the owner has set it.
    function requestVault() external view returns (address);

    function isWhitelistLp(address lp) external view returns (bool approved);

    function lpRules() external view returns (LpRules memory);

    /// @notice The token that LPs deposit.
    function asset() external view returns (IERC20);

    /// @notice WAD per unit of the asset: 10^(18 - decimals).
    function assetScale() external view returns (uint256);

    function clearingHouse() external view returns (IClearingHouse);

    /// @notice The exchange's Vault.
    function vault() external view returns (IVault);
}
