// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {ERC20, ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IMaker} from "../interfaces/IMaker.sol";
import {IVault} from "../interfaces/IVault.sol";
import {ShareMath} from "../libraries/ShareMath.sol";
import {PPM} from "../types/Units.sol";

/// @title What every LP vault shares: shares, who may hold them, and who may call
/// @notice Makers add what their assets are and how they move. Deposits and withdrawals here are immediate and at the
/// stored price, so they are for whitelisted LPs, who are trusted with timing (T1).
abstract contract LpVault is IMaker, ERC20Permit, Ownable2Step {
    /// @notice WAD shares; `underlying` in the asset's own decimals.
    event Deposited(address depositor, uint256 shares, uint256 underlying);
    /// @notice WAD shares; `underlying` in the asset's own decimals.
    event Withdrawn(address withdrawer, uint256 shares, uint256 underlying);
    event WhitelistLpSet(address indexed lp, bool allowed);

    error ZeroAmount();
    error ZeroAddress();
    error NotWhitelistLp(address caller);
    /// @notice In shares on the way in, in the asset's own decimals on the way out.
    error LessThanMinimum(uint256 amount, uint256 minimum);
    /// @notice The vault owes more than it holds; shares have no value to trade at.
    error VaultInsolvent(int256 totalAssets);
    error RatioOutOfRange(uint256 ratio, uint256 minRatio, uint256 maxRatio);

    IClearingHouse public immutable clearingHouse;
    IVault public immutable vault;
    /// @inheritdoc IMaker
    uint256 public immutable marketId;
    /// @notice What LPs deposit.
    IERC20 public immutable asset;
    /// @notice WAD per one unit of the asset: 10^(18 - decimals).
    uint256 public immutable assetScale;

    mapping(address lp => bool allowed) public isWhitelistLp;

    constructor(
        string memory name_,
        string memory symbol_,
        address owner_,
        IClearingHouse clearingHouse_,
        uint256 marketId_,
        IERC20 asset_
    ) ERC20(name_, symbol_) ERC20Permit(name_) Ownable(owner_) {
        clearingHouse = clearingHouse_;
        vault = clearingHouse_.vault();
        marketId = marketId_;
        asset = asset_;
        // Reverts by underflow for a token of more than 18 decimals.
        assetScale = 10 ** (18 - IERC20Metadata(address(asset_)).decimals());
    }

    modifier onlyWhitelistLp() {
        if (!isWhitelistLp[msg.sender]) revert NotWhitelistLp(msg.sender);
        _;
    }

    modifier onlyClearingHouse() {
        _checkClearingHouse();
        _;
    }

    /// @dev Forced changes are the ClearingHouse's, and beyond liquidation its backstop's.
    modifier onlyExchange() {
        if (msg.sender != address(clearingHouse.backstop())) _checkClearingHouse();
        _;
    }

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @notice Lets an LP use the immediate {deposit} and {withdraw}, or not.
    function setWhitelistLp(address lp, bool allowed) external onlyOwner {
        isWhitelistLp[lp] = allowed;
        emit WhitelistLpSet(lp, allowed);
    }

    // --------------------------------------------------------------------------------------- deposit and withdraw ----

    /// @notice Deposits without a minimum, for oneself.
    /// @param amountXCD in the asset's own decimals
    /// @return shares WAD, down
    function deposit(uint256 amountXCD) external onlyWhitelistLp returns (uint256 shares) {
        return _deposit(amountXCD, 0, msg.sender);
    }

    /// @notice Deposits for `receiver` and reverts unless it gets `minShares` (T6).
    function deposit(uint256 amountXCD, uint256 minShares, address receiver)
        external
        onlyWhitelistLp
        returns (uint256 shares)
    {
        return _deposit(amountXCD, minShares, receiver);
    }

    /// @notice Withdraws without a minimum, to oneself.
    /// @param shares WAD
    /// @return amountXCD in the asset's own decimals, down
    function withdraw(uint256 shares) external onlyWhitelistLp returns (uint256 amountXCD) {
        return _withdraw(shares, 0, msg.sender);
    }

    /// @notice Withdraws to `receiver` and reverts unless it gets `minAmountXCD` (T6).
    function withdraw(uint256 shares, uint256 minAmountXCD, address receiver)
        external
        onlyWhitelistLp
        returns (uint256 amountXCD)
    {
        return _withdraw(shares, minAmountXCD, receiver);
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @notice What the shares are worth together, in the asset's own decimals, down. Zero when insolvent.
    function totalAssets() external view returns (uint256) {
        int256 total = _totalAssets();
        // forge-lint: disable-next-line(unsafe-typecast)
        return total > 0 ? uint256(total) / assetScale : 0;
    }

    /// @notice What one share is worth in the asset, WAD, down. One in an empty vault.
    function sharePrice() external view returns (uint256) {
        int256 total = _totalAssets();
        // forge-lint: disable-next-line(unsafe-typecast)
        return ShareMath.toAssetsDown(1e18, total > 0 ? uint256(total) : 0, totalSupply());
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    /// @dev Value of everything the vault owns, in WAD of the asset, floor. Reverts `Locked` while an action is under
    /// way.
    function _totalAssets() internal view virtual returns (int256);

    /// @dev Takes `amountXCD` of the asset from the caller.
    /// @return receivedXCD what arrived
    function _takeIn(uint256 amountXCD) internal virtual returns (uint256 receivedXCD);

    /// @dev Pays `amountXCD` of the asset out for `shares` of `totalShares`, which are burned already.
    function _payOut(uint256 amountXCD, uint256 shares, uint256 totalShares, address receiver) internal virtual;

    function _deposit(uint256 amountXCD, uint256 minShares, address receiver) private returns (uint256 shares) {
        if (amountXCD == 0) revert ZeroAmount();
        uint256 totalShares = totalSupply();
        // Valued before anything arrives; a call back into the system from the asset finds it locked.
        uint256 total = _solventAssets(totalShares);
        uint256 receivedXCD = _takeIn(amountXCD);
        shares = ShareMath.toSharesDown(receivedXCD * assetScale, total, totalShares);
        if (shares == 0) revert ZeroAmount();
        if (shares < minShares) revert LessThanMinimum(shares, minShares);
        _mint(receiver, shares);
        emit Deposited(receiver, shares, receivedXCD);
    }

    function _withdraw(uint256 shares, uint256 minAmountXCD, address receiver) private returns (uint256 amountXCD) {
        if (shares == 0) revert ZeroAmount();
        if (receiver == address(0)) revert ZeroAddress();
        uint256 totalShares = totalSupply();
        amountXCD = _previewWithdraw(shares, totalShares);
        _burn(msg.sender, shares);
        if (amountXCD < minAmountXCD) revert LessThanMinimum(amountXCD, minAmountXCD);
        emit Withdrawn(msg.sender, shares, amountXCD);
        _payOut(amountXCD, shares, totalShares, receiver);
    }

    /// @dev What `shares` pay out in the asset itself, own decimals, down.
    function _previewWithdraw(uint256 shares, uint256 totalShares) internal view virtual returns (uint256) {
        return ShareMath.toPayoutDown(shares, _solventAssets(totalShares), totalShares) / assetScale;
    }

    function _solventAssets(uint256 totalShares) private view returns (uint256) {
        int256 total = _totalAssets();
        if (total < 0 || (total == 0 && totalShares != 0)) revert VaultInsolvent(total);
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint256(total);
    }

    function _checkClearingHouse() private view {
        if (msg.sender != address(clearingHouse)) revert NotClearingHouse(msg.sender, address(clearingHouse));
    }

    function _checkMinMarginRatio(int256 accountValue, uint256 notional, uint256 minMarginRatio) internal pure {
        uint256 required = (notional * minMarginRatio + (PPM - 1)) / PPM;
        // forge-lint: disable-next-line(unsafe-typecast)
        if (accountValue < 0 || uint256(accountValue) < required) revert BelowMinMarginRatio(accountValue, required);
    }

    function _checkRatio(uint256 ratio, uint256 minRatio, uint256 maxRatio) internal pure {
        if (ratio < minRatio || ratio > maxRatio) revert RatioOutOfRange(ratio, minRatio, maxRatio);
    }
}
